"""Who may do what with the sources, as the operator has set it."""

from dataclasses import dataclass
from typing import Protocol

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
