"""/start, /help, /privacy and /cancel."""

from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.commands import known_to
from bot.conversation.filters import PLAIN_TEXT, named
from bot.conversation.first_minute import welcome
from bot.conversation.middlewares import Visit
from bot.conversation.questions import forget_question, is_answer
from bot.conversation.rights import READS
from bot.conversation.views import answer
from bot.topical import Topical
from storage.database import Database

# In each language that somebody may have been asked in.
CANCEL: Final = frozenset(
    ("отмена", "отмени", "отменить", "отбой", "cancel", "never mind", "бас тарту", "болдырмау", "ləğv et", "imtina")
)


def router() -> Router:
    router = Router(name="start")
    router.message.register(start, named("start"), flags=READS)
    router.message.register(help_, named("help"), flags=READS)
    router.message.register(privacy, named("privacy"), flags=READS)
    router.message.register(cancel, named("cancel"), flags=READS)
    # Whoever is asked something may well say it in words.
    router.message.register(cancel_question, ~StateFilter(None), is_answer, F.text.func(is_cancel), flags=READS)
    router.message.register(cancel, PLAIN_TEXT, F.text.func(is_cancel), flags=READS)
    return router


async def start(message: Message, db: Database, topical: Topical, visit: Visit) -> None:
    await answer(message, await welcome(db, topical, visit))


async def help_(message: Message, visit: Visit) -> None:
    known = known_to(admin=visit.rights.is_admin)
    useful = [command for command in known if visit.rights.may_add or command.name != "addsource"]
    commands = [f"/{command.name} — {_(command.does)}" for command in useful]
    forms = [f"{render.typed(example)} — {meaning}" for example, meaning in _query_forms()]
    parts = (
        "\n".join([_("<b>What I can do</b>"), *commands]),
        "\n".join([_("<b>How to search</b>"), *forms]),
        *(
            [_("Subscriptions are written in the same way. Without a command, I take your words for a search.")]
            if visit.in_private
            else []
        ),
        _("No digests at night: {quiet}. At all hours again: {loud}.").format(
            quiet=render.typed(_("/schedule quiet 23:00-07:00")), loud=render.typed(_("/schedule quiet off"))
        ),
        _("Under stories: ☰ opens the whole story, ☆ saves it, ✕ removes it, ◀ ▶ turn the page."),
        _("/trends draws up to three queries beside one another: put commas between them."),
    )
    await message.answer("\n\n".join(parts))


async def privacy(message: Message) -> None:
    await message.answer(
        _(
            "<b>What I store</b>\n"
            "The number of this chat, its language, time zone and schedule, your subscriptions, the stories you "
            "save, open or want less of, that it was you who added a source, which channels and groups you set up from "
            "here, the digests I made for you, and which stories I have already sent you, so that nothing comes twice. "
            "Your name and what you write to me are kept until I have answered, and no longer.\n\n"
            "All of it stays in the database of whoever runs this bot; I pass it on to nobody. "
            "/export sends you all of it as a file, /forget deletes it."
        )
    )


async def cancel_question(message: Message, state: FSMContext) -> None:
    await state.set_state(None)
    await forget_question(state)
    await message.answer(_("All right, never mind."))


def is_cancel(text: str) -> bool:
    return text.strip(" .!").casefold() in CANCEL


async def cancel(message: Message, raw_state: str | None) -> None:
    # The question itself is dropped by every command: see middlewares.
    await message.answer(
        _("All right, never mind.") if raw_state else _("There is nothing to cancel. What I can do: /help")
    )


def _query_forms() -> tuple[tuple[str, str], ...]:
    return (
        (_("middle corridor"), _("both words, in any form")),
        (_('"peace council"'), _("the phrase")),
        (_("tokayev OR aliyev"), _("either word")),
        (_("kazakhstan -football"), _("without a word")),
        (_("energ*"), _("words that begin so")),
        (_("title:summit"), _("in the headline")),
        ("source:report.az lang:ru", _("from a source, in a language")),
        ("after:2025-12-01 last:7d", _("by date")),
    )
