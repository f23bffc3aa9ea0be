"""Which article each draft of a batch is, and what is left to be written. Pure.

    drafts ──hashed──▶ Hashed ──Batch.meet, one after the other──▶ entries ──▶ those that are new or changed

An article is known by its guid within a source, across sources by its address, without one by its content. Only the
feed that brought it may change it, though never from a text to none, and what the operator hands over.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

from storage.models import Draft
from storage.sources import SourceKey, key

# Texts of this many characters that are equal tell one story; shorter ones ("details follow") need equal headlines too.
TELLING = 200

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hashed:
    """A draft with what its content and its telling text are recognised by."""

    draft: Draft
    content_hash: bytes
    text_hash: bytes


_Hashed = TypeVar("_Hashed", bound=Hashed)


def hashed(draft: Draft) -> Hashed:
    content_hash, text_hash = _hashes(draft.title, draft.text)
    return Hashed(draft, content_hash=content_hash, text_hash=text_hash)


# Asked for when a batch comes, and again when what is new of it is analysed.
@lru_cache(maxsize=1 << 10)
def _hashes(title: str, text: str) -> tuple[bytes, bytes]:
    """Of the content, and of what tells the text from others."""
    title, body = " ".join(title.split()), " ".join(text.split())
    telling = body if len(body) >= TELLING else f"{title}\n{body}"
    # Signs say nothing, but for texts of signs alone.
    said = "\n".join(" ".join(_WORD.findall(line)) for line in telling.lower().split("\n"))
    return _hash(f"{title}\n{body}"), _hash(said if said.strip() else telling)


@dataclass(slots=True)
class Entry(Generic[_Hashed]):
    """An article as the batch at hand has it: as it is stored (`id`, `stored_hash`), and what is to be written.

    A new article keeps the source, guid and address of the draft that brought it first (`origin`), and the last date.
    """

    id: int | None
    stored_hash: bytes | None
    origin: Draft | None = None
    fresh: _Hashed | None = None
    published_at: datetime | None = None
    changes: int = 0
    # The feed that brought it, and whether it has a text.
    feed_id: int | None = None
    has_text: bool = False

    def may_become(self, draft: Draft) -> bool:
        if draft.feed_id is None:
            return True
        return draft.feed_id == self.feed_id and bool(draft.text or not self.has_text)

    @property
    def content_hash(self) -> bytes | None:
        return self.fresh.content_hash if self.fresh else self.stored_hash


class Batch(Generic[_Hashed]):
    """The articles that the drafts of a batch may name, by each of their identities."""

    def __init__(self) -> None:
        self._by_guid: dict[tuple[SourceKey, str], Entry[_Hashed]] = {}
        self._by_url: dict[str, Entry[_Hashed]] = {}
        self._by_content: dict[bytes, list[Entry[_Hashed]]] = {}
        self._entries: list[Entry[_Hashed]] = []

    def add(self, entry: Entry[_Hashed], *, source: SourceKey, guid: str | None, url: str | None) -> None:
        self._entries.append(entry)
        if guid:
            self._by_guid[source, guid] = entry
        if url:
            self._by_url[url] = entry
        self._file_content(entry)

    def meet(self, brought: _Hashed) -> Entry[_Hashed]:
        """Takes in one draft after the other; the entry that it is from now on."""
        draft = brought.draft
        known = self._find(brought)
        if known and (known.content_hash == brought.content_hash or not known.may_become(draft)):
            return known
        entry = known or Entry(None, None, draft, feed_id=draft.feed_id)
        entry.fresh, entry.has_text = brought, bool(draft.text)
        entry.published_at = draft.published_at or entry.published_at
        entry.changes += 1
        if known:
            self._file_content(entry)
        else:
            self.add(entry, source=key(draft), guid=draft.guid, url=draft.url)
        return entry

    def fresh(self) -> list[Entry[_Hashed]]:
        """The entries to be written, in order; not those that a later draft put back as they were."""
        return [entry for entry in self._entries if entry.content_hash != entry.stored_hash]

    def _file_content(self, entry: Entry[_Hashed]) -> None:
        if entry.content_hash:
            self._by_content.setdefault(entry.content_hash, []).append(entry)

    def _find(self, brought: _Hashed) -> Entry[_Hashed] | None:
        draft = brought.draft
        found = self._by_guid.get((key(draft), draft.guid)) if draft.guid else None
        if found or draft.url:
            return found or self._by_url.get(draft.url or "")
        alike = self._by_content.get(brought.content_hash, ())
        # A later draft of the batch may have changed one that was alike.
        return next((entry for entry in alike if entry.content_hash == brought.content_hash), None)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()[:16]
