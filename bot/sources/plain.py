"""A plain text as newsrooms keep it → one draft.

    [author] date 2025-12-24 Headline in one sentence.

    Об этом в беседе с Example.Az сказал …

    Имя Фамилия

Date, author and address stand at the edges, on lines of their own or before the headline; the source is named where the
text begins.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from bot.sources import clean, drafts
from bot.sources.drafts import DraftError
from storage.models import Draft

# A first paragraph longer than this is a paragraph, even in one sentence.
HEADLINE_LIMIT = 300
_NAME_WORDS = range(2, 4)
_LEAD = 3  # paragraphs in which a text names its source

_DATED = re.compile(
    r"(?:(?P<author>\S.{0,80}?)\s+)?(?:date|дата)\s*:?\s*(?P<day>\d{4}-\d\d-\d\d)\b[\s.,:;]*(?P<rest>.*)", re.IGNORECASE
)
_LABELLED = re.compile(r"(?P<label>автор|author|источник|source)\s*:\s*(?P<value>\S.{0,60})", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*|[^\W\d_]\.")

# How a text names who publishes it: in Latin letters (Report, Day.Az, Trend News), or where only a publisher can stand
# also as an abbreviation (ТАСС, РИА Новости) or in quotes.
_LETTER = "A-Za-zÇçĞğİıÖöŞşÜüƏə"
_LATIN_WORD = rf"(?=\d*[{_LETTER}])[A-ZÇĞİÖŞÜƏ\d][{_LETTER}\d&'’-]*(?:\.[{_LETTER}\d-]+)*"
_LATIN = rf"(?P<latin>{_LATIN_WORD}(?:\s{_LATIN_WORD}){{0,3}}|[a-z\d-]+(?:\.[a-z\d-]+)+)(?!\w)"
_OTHER = r"(?P<short>[А-ЯЁ]{3,}(?:\s[А-ЯЁ][а-яё]+)?)(?!\w)|[«„“\"](?P<quoted>[^«»„“”\"]{2,60})[»”“\"]"
_ROLE = r"(?:\s(?:корреспондент|журналист|агентств|издани|портал|сайт|бюро)\w*)*"
_NAMED = (
    re.compile(rf"(?:\b[Вв]\s(?:беседе|интервью|разговоре)(?:\sс)?{_ROLE}|\b[Бб]юро)\s(?:{_LATIN}|{_OTHER})"),
    re.compile(rf"(?:\b[СсПп](?:ообща|ереда)[её]т{_ROLE}|\bОб\sэтом)\s{_LATIN}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What stood at the edges of a text, beside the text itself."""

    day: date | None = None
    author: str = ""
    source: str = ""
    url: str | None = None
    host: str = ""


def read(text: str) -> Draft:
    """The draft of a plain text; without a time of day its date is midnight in UTC. DraftError for an empty one.

    The first paragraph is the headline if it is one sentence, and leaves the text; else the headline is the text's
    first sentence, and the text keeps everything.
    """
    lines, marks = _edges(clean.lines(text))
    paragraphs = clean.paragraphs("\n".join(lines))
    if not paragraphs:
        raise DraftError("there is no text")
    first = paragraphs[0]
    is_headline = len(first) <= HEADLINE_LIMIT and clean.sentence_end(first) == len(first)
    return drafts.make(
        title=clean.headline(first) if is_headline else clean.first_sentence(first),
        text="\n\n".join(paragraphs[1:] if is_headline else paragraphs),
        url=marks.url,
        source=marks.source or _named(paragraphs[:_LEAD]) or marks.host,
        author=marks.author,
        published_at=datetime.combine(marks.day, time(0), UTC) if marks.day else None,
    )


def _edges(lines: list[str]) -> tuple[list[str], _Marks]:
    """The lines between the marks at the beginning and at the end, and the marks."""
    lines, first, last, marks = list(lines), 0, len(lines), _Marks()
    while first < last and (found := _mark(lines[first], marks, is_end=False)):
        rest, marks = found
        lines[first] = rest
        first += not rest
    while first < last - 1 and (found := _mark(lines[last - 1], marks, is_end=True)):
        rest, marks = found
        last -= 1
    return lines[first:last], marks


def _mark(line: str, marks: _Marks, *, is_end: bool) -> tuple[str, _Marks] | None:
    """What is left of a line at an edge without its marks, and the marks with what it says; None for a line of text."""
    if not line:
        return line, marks
    if not marks.url and not marks.host and _ADDRESS.fullmatch(line):
        return "", _addressed(line, marks)
    if found := _LABELLED.fullmatch(line):
        return _labelled(found["label"].lower(), found["value"], marks, is_end=is_end)
    if marks.day is None and (found := _DATED.fullmatch(line)) and not (is_end and found["rest"]):
        return _dated(found, marks)
    if is_end and not marks.author and _is_name(line):
        return "", replace(marks, author=line)
    return None


def _addressed(line: str, marks: _Marks) -> _Marks:
    """The address of a host alone says who publishes, not which article it is."""
    url = clean.canonical_url(line)
    parts = urlsplit(url or "")
    is_article = parts.path != "/" or parts.query
    return replace(marks, url=url if is_article else None, host=(parts.hostname or "").removeprefix("www."))


def _labelled(label: str, value: str, marks: _Marks, *, is_end: bool) -> tuple[str, _Marks] | None:
    if label in ("автор", "author"):
        return None if marks.author else ("", replace(marks, author=value))
    if _ADDRESS.fullmatch(value):
        return "", _addressed(value, marks)
    # Many a headline begins with «Источник: …».
    return ("", replace(marks, source=value)) if is_end and not marks.source else None


def _dated(found: re.Match[str], marks: _Marks) -> tuple[str, _Marks] | None:
    author = found["author"] or marks.author
    if author and not _is_name(author):
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    return found["rest"], replace(marks, day=day, author=author)


def _is_name(line: str) -> bool:
    words = line.split()
    return len(words) in _NAME_WORDS and all(word[0].isupper() and _NAME_WORD.fullmatch(word) for word in words)


def _named(paragraphs: list[str]) -> str:
    """Whom the first paragraphs name as their publisher; empty if they name nobody."""
    for pattern in _NAMED:
        for paragraph in paragraphs:
            if found := pattern.search(paragraph):
                return next(name for name in found.groups() if name)
    return ""
