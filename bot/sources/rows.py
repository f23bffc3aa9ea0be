"""A JSON object of the import form → a draft: one line of JSON Lines, one element of an array.

`title` and `text` (or `body`), one of them may be missing; `url`, `source`, `author`, `published_at`, `language` and
`image` where they are known. Anything else is left alone, so that an export can be read back; so is an `image` that no
message can show, for many who name an article's picture write something else there.
"""

import json
from datetime import UTC, datetime

from bot.sources import clean, drafts, pictures
from bot.sources.drafts import DraftError
from storage.language.analyser import UNKNOWN
from storage.models import Draft


def parse(document: str) -> object:
    """What a JSON document says. DraftError names the trouble, however hostile the document is."""
    try:
        return json.loads(document)
    except json.JSONDecodeError as error:
        raise DraftError(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError:
        raise DraftError("not usable JSON: nested too deeply") from None
    except ValueError:
        # Python refuses to read whole numbers of more than some thousand digits.
        raise DraftError("not usable JSON: a number in it has too many digits") from None


def read(row: object) -> Draft:
    """The draft that an object holds. DraftError names the field that cannot be read."""
    if not isinstance(row, dict):
        raise DraftError("not a JSON object")
    body = clean.text(_string(row, "text")) or clean.text(_string(row, "body"))
    return drafts.make(
        title=clean.line(_string(row, "title")),
        text=body,
        url=_url(_string(row, "url")),
        source=clean.line(_string(row, "source")),
        author=clean.line(_string(row, "author")),
        published_at=_published(_string(row, "published_at")),
        language=_language(_string(row, "language")),
        image=_image(row.get("image")),
    )


def _string(row: dict[str, object], field: str) -> str:
    """A field's text; empty where it is missing or null."""
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DraftError(f"{field} is not a string")
    return value


def moment(written: str) -> datetime | None:
    """An ISO 8601 date, with or without a time, in UTC; without an offset it is UTC. None if it is not one."""
    try:
        read_as = datetime.fromisoformat(written.strip())
        return read_as.replace(tzinfo=UTC) if read_as.tzinfo is None else read_as.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _published(written: str) -> datetime | None:
    if not written.strip():
        return None
    published_at = moment(written)
    if published_at is None:
        raise DraftError("published_at is not an ISO 8601 date")
    return published_at


def _url(written: str) -> str | None:
    if not written.strip():
        return None
    url = clean.canonical_url(written)
    if url is None:
        raise DraftError("url is not an http or https address")
    return url


def _image(value: object) -> str | None:
    return pictures.address(value) if isinstance(value, str) else None


def _language(written: str) -> str | None:
    tag = clean.line(written).lower()
    if tag in ("", UNKNOWN):
        return None
    code = clean.language_code(tag)
    if code is None:
        raise DraftError("language is not an ISO 639-1 code")
    return code
