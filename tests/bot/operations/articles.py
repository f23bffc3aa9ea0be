"""Articles that the commands are tried on, and what is read off their output."""

import json
from typing import Any

from tests.bot.command_line import Outcome

FOUND = ["query", "id", "title", "url", "source", "published_at", "language", "story", "snippet", "score"]
EXPORTED = ["id", "url", "title", "text", "source", "author", "published_at", "language", "story"]
STORY = "Президенты двух стран договорились развивать перевозки через Каспийское море и Средний коридор. " * 3
SUMMIT = {
    "title": "Саммит в Астане",
    "text": "Президенты обсудили Средний коридор.",
    "url": "https://report.example/summit",
    "source": "Report",
    "author": "Имя Фамилия",
    "published_at": "2025-12-01T10:30:00+05:00",
    "language": "ru",
}
FOOTBALL = {"title": "Футбол: Казахстан победил", "url": "https://day.example/1", "published_at": "2025-12-03"}
ENERGY = {"title": "Энергетика в Казахстане", "url": "https://day.example/2", "published_at": "2025-12-02"}


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def counts(outcome: Outcome) -> str:
    return outcome.out.splitlines()[-1]


def titles(outcome: Outcome) -> list[str]:
    return [row["title"] for row in outcome.rows]
