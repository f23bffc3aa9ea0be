"""Buttons under digests, alerts and a story's own page, and what they carry.

A digest numbers its stories; a number opens the story's page, and so do all other ways to a story. `subscription` says
for the sake of which subscription the story was told, 0 where nobody's.
"""

from collections.abc import Collection, Sequence
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.keyboards import Id, Keep, Offset, Second, button, keyboard
from bot.messages import italic

# As many short buttons as the narrowest phone shows side by side.
ROW: Final = 5


class ShowStory(CallbackData, prefix="y"):
    """Opens the page of a story in a message of its own; `article` is the one by which it was told."""

    story: Id
    subscription: Id = 0
    article: Id = 0


class StoryPage(CallbackData, prefix="yp"):
    """Turns the articles of a story's page in place."""

    story: Id
    subscription: Id
    article: Id
    offset: Offset


class Less(CallbackData, prefix="yl"):
    """Says that the chat wants less of such stories, or takes it back."""

    story: Id
    less: bool


class Why(CallbackData, prefix="yw"):
    """Says why the story was told, and what made its rank."""

    story: Id
    subscription: Id
    article: Id


class DigestList(CallbackData, prefix="yd"):
    """Opens the list of all stories of a digest, by the second at which it was composed; `turned` in place."""

    at: Second
    offset: Offset = 0
    turned: bool = False


def keep_button(shown: Keep, known: Collection[int]) -> InlineKeyboardButton:
    """Its sign is what the story is under an answer, and what a press does under the list; `known` are those kept."""
    offered = shown.model_copy(update={"kept": shown.story not in known})
    if offered.since is not None:
        return button(f"{'↩' if offered.kept else '✕'} {offered.number}", offered)
    if offered.number:
        return button(f"{'☆' if offered.kept else '⭐'} {offered.number}", offered)
    return button(_("☆ Save") if offered.kept else _("⭐ Saved"), offered)


def less_button(shown: Less, less: Collection[int]) -> InlineKeyboardButton:
    """Checked where the chat has said so of the story, which is then among `less`."""
    offered = shown.model_copy(update={"less": shown.story not in less})
    return button(_("Less of this") if offered.less else _("✓ Less of this"), offered)


def why_button(told: ShowStory) -> InlineKeyboardButton:
    return button(_("Why"), Why(story=told.story, subscription=told.subscription, article=told.article))


def alert_buttons(told: ShowStory, *, articles: int) -> InlineKeyboardMarkup | None:
    """Under a story that is told alone."""
    row = [
        keep_button(Keep(story=told.story, number=0, kept=True), ()),
        less_button(Less(story=told.story, less=True), ()),
    ]
    label = ngettext("All {count} article", "All {count} articles", articles).format(count=articles)
    return keyboard([row, [why_button(told), *([button(label, told)] if articles > 1 else [])]])


def openings(stories: Sequence[tuple[int, ShowStory]]) -> list[InlineKeyboardButton]:
    """A row under an answer that has stars, too: each opens the story of this number."""
    return [button(f"☰ {number}", data) for number, data in stories]


def signs(*, has_openings: bool) -> str:
    """What the signs under an answer mean, in words."""
    if has_openings:
        return italic(_("Under this, ☆ and a number saves that story, ☰ shows all its articles."))
    return italic(_("Under this, ☆ and a number saves that story."))


def numbers(stories: Sequence[tuple[int, ShowStory]]) -> list[list[InlineKeyboardButton]]:
    """Rows of numbers, each opening its story."""
    row = [button(str(number), data) for number, data in stories]
    return [row[at : at + ROW] for at in range(0, len(row), ROW)]


def digest_buttons(stories: Sequence[tuple[int, ShowStory]], *, rest: int, at: int) -> InlineKeyboardMarkup | None:
    """Under a part of a digest: its stories by number, and the list with the `rest` that is not shown."""
    label = _("☰ All, {count} more").format(count=rest) if rest else _("☰ List")
    return keyboard([*numbers(stories), [button(label, DigestList(at=at))]])
