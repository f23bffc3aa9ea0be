"""/start, /help, /privacy and /cancel."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.commands import known_to
from bot.conversation.filters import named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.schedule import usual
from bot.conversation.schedule_words import in_words
from bot.conversation.subscribe import begun, follow
from bot.conversation.views import View, answer
from bot.keyboards import CHOSEN, LABEL_LIMIT, FollowTopic, button, keyboard, label_of, marked
from storage import articles
from storage.database import Database


def router() -> Router:
    router = Router(name="start")
    router.message.register(start, named("start"))
    router.message.register(help_, named("help"))
    router.message.register(privacy, named("privacy"))
    router.message.register(cancel, named("cancel"))
    router.callback_query.register(follow_topic, FollowTopic.filter())
    return router


async def start(message: Message, db: Database, visit: Visit) -> None:
    async with db.read() as conn:
        topics = await articles.topics(conn, limit=3)
    await answer(message, greeting([topic for topic in topics if len(topic) <= LABEL_LIMIT - len(CHOSEN)], visit))


async def follow_topic(callback: CallbackQuery, message: Message, toast: Toast, db: Database, visit: Visit) -> None:
    topic = label_of(message, callback.data)
    if topic is None:
        toast.text = _("This button no longer works. Please send /start again.")
        return
    begin = await follow(db, visit, topic)
    if begin.is_new:
        await message.answer(begun(begin, visit).text)
        await message.edit_reply_markup(reply_markup=marked(message, callback.data))
    else:
        toast.text = _("You follow this already.")


async def help_(message: Message, visit: Visit) -> None:
    known = known_to(admin=visit.rights.is_admin)
    useful = [command for command in known if visit.rights.may_add or command.name != "addsource"]
    commands = [f"/{command.name} — {_(command.does)}" for command in useful]
    forms = [f"{render.typed(example)} — {meaning}" for example, meaning in _query_forms()]
    parts = (
        "\n".join([_("<b>What I can do</b>"), *commands]),
        "\n".join([_("<b>How to search</b>"), *forms]),
        _("Subscriptions are written in the same way. Without a command, I take your words for a search."),
        _("/trends draws up to three queries beside one another: put commas between them."),
    )
    await message.answer("\n\n".join(parts))


async def privacy(message: Message) -> None:
    await message.answer(
        _(
            "<b>What I store</b>\n"
            "The number of this chat, its language, time zone and schedule, your subscriptions, the stories you "
            "save, open or want less of, that it was you who added a source, and which stories I have already sent "
            "you, so that nothing comes twice. Your name and what you search for are not stored.\n\n"
            "All of it stays in the database of whoever runs this bot; I pass it on to nobody. "
            "/unsubscribe deletes subscriptions."
        )
    )


async def cancel(message: Message, raw_state: str | None) -> None:
    # The question itself is dropped by every command: see middlewares.
    await message.answer(_("All right, never mind.") if raw_state else _("There is nothing to cancel."))


def greeting(topics: list[str], visit: Visit) -> View:
    schedule = in_words(visit.preferences.schedule, language=visit.reader.language)
    own = render.typed(_("/subscribe middle corridor"))
    if topics:
        follow_text = _("<b>Topics</b>: these are in the news now. Press one to follow it, or send your own: {own}")
    else:
        follow_text = _("<b>Topics</b>: there are no articles here yet, but you can follow a topic already: {own}")
    parts = (
        _("Hello! I read the news and send you what you follow: when it suits you, and nothing twice."),
        follow_text.format(own=own),
        " ".join([_("<b>Digest</b>: {schedule}.").format(schedule=schedule), _("Another time: /schedule")]),
        _("<b>Search</b>: just send me words, for example {example}").format(
            example=render.typed(topics[0] if topics else _("middle corridor"))
        ),
    )
    row = [button(topic, FollowTopic(place=place)) for place, topic in enumerate(topics)]
    return View("\n\n".join(parts), keyboard([row, usual(visit.preferences, in_place=False)[0]]))


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
