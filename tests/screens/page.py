"""Bubbles → a page of HTML that looks like Telegram on a phone. Pure."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from tests.screens.phone import Bubble
from tests.telegram_html import parse_html

STYLE = Path(__file__).with_name("phone.css").read_text(encoding="utf-8")
_BACK = '<svg class="back" width="20" height="16"><path d="M9 1 2 8l7 7M2 8h17"/></svg>'
_MORE = '<svg width="4" height="18" fill="currentColor"><path d="M0 0h4v4H0zm0 7h4v4H0zm0 7h4v4H0z"/></svg>'
_BOT = {"en": "bot", "ru": "бот"}


def page(bubbles: Sequence[Bubble], *, language: str, zone: ZoneInfo, dark: bool) -> str:
    """A chat with these messages, parted by days. Raises where Telegram would refuse or drop something."""
    title = f'<div class="title"><div class="name">newsbot</div><div class="kind">{_BOT[language]}</div></div>'
    days = groupby(bubbles, key=lambda bubble: bubble.at.astimezone(zone).date())
    chat = "".join(
        f'<div class="day">{format_skeleton("MMMMd", day, locale=language)}</div>'
        + "".join(_message(bubble, zone) for bubble in shown)
        for day, shown in days
    )
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><style>{STYLE}</style>'
        f'<body class="{"dark" if dark else "light"}">'
        f'<header>{_BACK}<div class="face">n</div>{title}{_MORE}</header>{chat}</body></html>'
    )


def _message(bubble: Bubble, zone: ZoneInfo) -> str:
    assert not parse_html(bubble.html).remarks
    photo = f'<img src="data:image/png;base64,{b64encode(bubble.photo).decode()}">' if bubble.photo else ""
    time = f"<time>{bubble.at.astimezone(zone):%H:%M}</time>"
    return (
        f'<div class="message{" own" if bubble.own else ""}"><div class="bubble">{photo}'
        f'<div class="text">{bubble.html}{time}</div></div>{_keyboard(bubble.buttons)}</div>'
    )


def _keyboard(buttons: Sequence[Sequence[str]]) -> str:
    rows = ("".join(f"<span>{escape(label)}</span>" for label in row) for row in buttons)
    shown = "".join(f'<div class="row">{row}</div>' for row in rows)
    return f'<div class="keyboard">{shown}</div>' if shown else ""
