"""The buttons of a subscription's card, and what those carry that change its words or share it."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from bot.keyboards import Delete, Id, Open, Room, SetInstant, SetPaused, ShowMatches, button, keyboard
from storage.models import Subscription


class Share(CallbackData, prefix="cs"):
    """Shows the link by which others follow the same."""

    id: Id


class Reword(CallbackData, prefix="cw"):
    """Asks for other words in place of those that are followed."""

    id: Id


class UndoReword(CallbackData, prefix="cu"):
    """Brings back the words that were followed before, which were deleted under this number."""

    id: Id
    deletion: Id


class SendList(CallbackData, prefix="cf"):
    """Sends all subscriptions as a file."""


class FollowList(CallbackData, prefix="cl", sep="|"):
    """Follows what a file lists that was sent, by the id that Telegram keeps for it, or leaves it."""

    file: str
    yes: bool


class UnfollowList(CallbackData, prefix="cx"):
    """Ends what was followed by one press: the subscriptions from the first of these ids to the last."""

    first: Id
    last: Id


def card_buttons(subscription: Subscription, *, can_ask: bool) -> InlineKeyboardMarkup | None:
    id_, paused, instant = subscription.id, subscription.paused, subscription.instant
    return keyboard(
        [
            [button(_("Resume") if paused else _("Pause"), SetPaused(id=id_, paused=not paused))],
            [
                button(
                    _("Send in the digest") if instant else _("Send at once"), SetInstant(id=id_, instant=not instant)
                )
            ],
            [button(_("Show the latest"), ShowMatches(id=id_))],
            [*([button(_("Change words"), Reword(id=id_))] if can_ask else []), button(_("Share"), Share(id=id_))],
            [button(_("Delete"), Delete(id=id_))],
            [button(_("‹ All subscriptions"), Open(room=Room.SUBSCRIPTIONS))],
        ]
    )
