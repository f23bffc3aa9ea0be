"""What a feed's items were when they were read, as hashes: which of them are new, though they were gone for a while.

    drafts, remembered ──fresh──▶ those that are new or changed        drafts, remembered ──remember──▶ bytes

The store knows its articles, but forgets the old ones; a feed may list an item for years, or bring it back. Sixteen
bytes an item: who it is, and what it said.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from storage.models import Draft

# Feeds list a few dozens; what has not been listed for so many others is forgotten.
REMEMBERED: Final = 2000
_HALF: Final = 8


def fresh(remembered: bytes, drafts: Sequence[Draft], *, kept_since: datetime | None) -> list[Draft]:
    """Those that are new or changed; an old item that changed is not, where the store has forgotten it by now.

    `kept_since` is the date of the oldest articles that the store keeps; None keeps all.
    """
    known = _known(remembered)

    def is_fresh(draft: Draft) -> bool:
        if (said := known.get(_identity(draft))) is None:
            return True
        is_old = kept_since is not None and draft.published_at is not None and draft.published_at < kept_since
        return said != _content(draft) and not is_old

    return [draft for draft in drafts if is_fresh(draft)]


def unseen(remembered: bytes, drafts: Sequence[Draft]) -> list[Draft]:
    """Those that have never been there."""
    known = _known(remembered)
    return [draft for draft in drafts if _identity(draft) not in known]


def remember(remembered: bytes, drafts: Sequence[Draft]) -> bytes:
    """What is listed now, before what was listed earlier."""
    listed = {_identity(draft): _content(draft) for draft in drafts}
    return b"".join(map(b"".join, list({**listed, **(_known(remembered) | listed)}.items())[:REMEMBERED]))


def _known(remembered: bytes) -> dict[bytes, bytes]:
    return {
        remembered[at : at + _HALF]: remembered[at + _HALF : at + 2 * _HALF]
        for at in range(0, len(remembered), 2 * _HALF)
    }


def _identity(draft: Draft) -> bytes:
    return _hash(draft.guid or draft.url or f"{draft.title}\n{draft.text}")


def _content(draft: Draft) -> bytes:
    return _hash(f"{draft.title}\n{draft.text}\n{draft.url}")


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=_HALF).digest()
