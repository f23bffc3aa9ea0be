"""What an admin is shown of a broadcast: who would hear it, and how far it is."""

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from babel.numbers import format_decimal

from bot.conversation.admin_buttons import Discard, Halt, Launch, Scope
from bot.conversation.views import View
from bot.keyboards import CHOSEN, button, keyboard
from storage.broadcasts import Audience, Progress


def question_view(broadcast_id: int, audience: Audience, *, only_private: bool, language: str) -> View:
    """Whether to send it, and to whom."""
    count = audience.all
    told = ngettext(
        "This is how it will look. {count} chat will get it, without a sound: private {private}, "
        "groups {groups}, channels {channels}.",
        "This is how it will look. {count} chats will get it, without a sound: private {private}, "
        "groups {groups}, channels {channels}.",
        count,
    ).format(**_numbers(language, count=count, **audience._asdict()))
    nobody = _(
        "This is how it would look. But nobody would get it now: every one of these chats sleeps or has paused me."
    )
    scopes = [(_("Everyone"), False), (_("Private chats"), True)]
    marked = [(f"{CHOSEN}{label}" if own == only_private else label, own) for label, own in scopes]
    choice = [button(label, Scope(broadcast=broadcast_id, only_private=own)) for label, own in marked]
    launch = button(_("Send"), Launch(broadcast=broadcast_id, only_private=only_private))
    cancel = button(_("Cancel"), Discard(broadcast=broadcast_id))
    return View(told if count else nobody, keyboard([choice, [launch, cancel] if count else [cancel]]))


def progress_view(broadcast_id: int, progress: Progress, *, total: int, is_over: bool, language: str) -> View:
    if is_over:
        text = _("The message is out: it reached {sent} of {total} chats.")
    else:
        text = _("I am sending it: {sent} of {total} chats have it. It never holds up a digest.")
    shown = text.format(**_numbers(language, sent=progress.sent, total=max(total, progress.sent)))
    stop = [] if is_over else [[button(_("Stop"), Halt(broadcast=broadcast_id))]]
    return View(shown, keyboard(stop))


def stopped_view(progress: Progress, *, language: str) -> View:
    text = ngettext(
        "Stopped: {sent} chat has it, nobody else will get it.",
        "Stopped: {sent} chats have it, nobody else will get it.",
        progress.sent + progress.waiting,
    )
    return View(text.format(**_numbers(language, sent=progress.sent + progress.waiting)))


def _numbers(language: str, **numbers: int) -> dict[str, str]:
    return {name: format_decimal(number, locale=language) for name, number in numbers.items()}
