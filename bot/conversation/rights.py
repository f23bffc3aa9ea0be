"""Who may do what: with the sources, as the operator has set it; with what a group follows, its admins alone.

Every handler says what it does, when it is registered: `flags=READS`. The middleware `Gate` goes by that.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from bot.preferences import Defaults
from storage.models import Feed


class Rules(Defaults, Protocol):
    """The part of the settings that a conversation goes by."""

    @property
    def admin_ids(self) -> tuple[int, ...]: ...
    @property
    def allow_user_sources(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Those of whoever asks, in the place where they ask; an admin has all of them everywhere."""

    user: int | None
    is_admin: bool
    may_add: bool

    def may_change(self, feed: Feed) -> bool:
        return self.is_admin or (self.may_add and self.user is not None and feed.added_by == self.user)


def rights(user: int | None, *, in_private: bool, rules: Rules) -> Rights:
    is_admin = user in rules.admin_ids
    return Rights(user=user, is_admin=is_admin, may_add=is_admin or (rules.allow_user_sources and in_private))


class Effect(Enum):
    """What a handler does to the chat that it is called in."""

    # It shows something, or changes what is the person's own: the question that is open.
    READS = "reads"
    # It changes what the chat follows, keeps or has chosen, or makes it a digest.
    CHANGES = "changes"
    # The same, but without words behind the command it only shows.
    CHANGES_BY_WORDS = "changes by words"
    # It changes sources, which are the operator's and no chat's: `Rights` say who may, wherever it is asked.
    OPERATES = "operates"


READS: Final[dict[str, Any]] = {"effect": Effect.READS}
CHANGES: Final[dict[str, Any]] = {"effect": Effect.CHANGES}
CHANGES_BY_WORDS: Final[dict[str, Any]] = {"effect": Effect.CHANGES_BY_WORDS}
OPERATES: Final[dict[str, Any]] = {"effect": Effect.OPERATES}
