"""The pictures of the README: conversations over the starter articles, as a phone shows them.

seeds ──▶ the bot itself, a clock set by hand ──▶ bubbles ──page──▶ HTML ──Chromium──▶ PNG in docs
"""
