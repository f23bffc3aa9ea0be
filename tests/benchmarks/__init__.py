"""Measurements as tables, each run by `python -m tests.benchmarks.NAME`; they prove nothing and fail nothing.

start        start to the first answer, and memory, above what importing the dependencies costs
import_news  a day's real articles: how fast they come in, cold and known, and how much room they take
search_news  how long queries of every kind take among them, beside plain full text and LIKE
"""
