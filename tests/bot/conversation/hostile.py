"""Updates of all kinds with anything in them, as somebody who means the bot no good could make Telegram send them."""

from typing import Any, Final

from aiogram.filters.callback_data import CallbackData
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.commands import known_to
from tests.telegram_html import utf16_length

READER: Final = 1001
ADMIN: Final = 1002
STRANGER: Final = 1003
GROUP: Final = -100500
FORUM: Final = -100501
CHANNEL: Final = -100502
TOPIC: Final = 9
BIG: Final = 2**63

# What has broken readers of texts before: marks of direction, nothing to see, markup, emoji of many parts, long words.
PIECES: Final = (
    *("\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u0301" * 50, "\u2028", "\x85"),
    *("<b>", "</b>", "<a href='tg://user?id=1'>", "&lt;", "&#0;", "&nbsp;", "<!--", "]]>", "<script>", "&amp;amp;"),
    *("👨‍👩‍👧‍👦", "🇰🇿", "👍🏽", "\U000e0067", "𝕏", "ﷺ", "İ", "ß", "ǆ", "½", "№", "٣", "Ёё", "qığırmızı"),
    *('"', "«", "»", "(", ")", "((((", "))))", "-", "--", "|", " OR ", " NOT ", " ИЛИ ", "=", "*", "title:", "source:"),
    *(
        "last:7d",
        "after:2025-13-45",
        "lang:xx",
        "before:",
        "\\",
        "'",
        ";",
        "%",
        "_",
        "\t",
        "\n",
        "\r\n",
        "\x00",
        "\x1b",
    ),
    *("@newsbot_under_test_bot", "/", "//", "http://", "https://[::1]/", "https://127.0.0.1:9/", "file:///etc/passwd"),
    *("казахстан", "баку", "все", "all", "1", "0", "-1", "99999999999999999999", "09:00", "25:99", "quiet 1-2", "off"),
    *("ж" * 300, "W" * 4096, "a OR " * 300, "(" * 400, "слово " * 600, "😀" * 1000, "ё́" * 1000),
)
NUMBERS: Final = st.sampled_from([0, 1, 2, 3, 7, -1, 99, 100_000, 100_001, BIG - 1, BIG, -BIG, 10**30])
LANGUAGES: Final = st.sampled_from(["ru", "en", "kk", "az", "zz", "", "ru-RU", "zh-hans", "x" * 50])
NAMES: Final = sorted({name for command in known_to(admin=True) for name in command.names})


def texts(most: int = 4096) -> SearchStrategy[str]:
    """At most so many UTF-16 units, with something in them: Telegram lets no others through."""
    pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), min_size=1, max_size=12)
    cut = pieces.map("".join).map(lambda text: text.encode("utf-16-le", "surrogatepass")[: most * 2])
    return cut.map(lambda units: units.decode("utf-16-le", "surrogatepass")).filter(bool)


def commands() -> SearchStrategy[str]:
    names = st.one_of(st.sampled_from(NAMES), st.sampled_from([name.upper() for name in NAMES]), texts(20))
    return st.tuples(names, st.sampled_from(["", " ", "@newsbot_under_test_bot ", "@other_bot ", "\n"]), texts()).map(
        lambda parts: f"/{parts[0]}{parts[1]}{parts[2]}"[:4000]
    )


def presses() -> SearchStrategy[str]:
    """What a button may be said to carry: 1 to 64 bytes, of each of our kinds or of none."""
    fields = st.lists(st.one_of(NUMBERS.map(str), st.sampled_from(["", "True", "x", "|", "ё"]), texts(5)), max_size=6)
    kinds = st.sampled_from(sorted((kind.__prefix__, kind.__separator__) for kind in every_kind()))
    ours = st.tuples(kinds, fields).map(lambda parts: parts[0][1].join([parts[0][0], *parts[1]]))
    return (
        st.one_of(ours, ours, texts(64))
        .map(lambda data: data.encode(errors="ignore")[:64].decode(errors="ignore"))
        .filter(bool)
    )


def every_kind() -> set[type[CallbackData]]:
    """All that the bot's buttons carry."""
    return {kind for kind in CallbackData.__subclasses__() if kind.__module__.startswith("bot.")}


def entities(text: str) -> SearchStrategy[list[dict[str, Any]]]:
    kinds = st.sampled_from(["bot_command", "code", "bold", "text_link", "mention", "url", "custom_emoji", "pre"])
    number = st.integers(-1, utf16_length(text) + 5)
    one = st.fixed_dictionaries(
        {"type": kinds, "offset": number, "length": number, "url": st.just("https://x.example")}
    )
    return st.lists(one, max_size=4)


FILE: Final = {"file_id": "garbage", "file_unique_id": "garbage"}
USER: Final = {"id": STRANGER, "is_bot": False, "first_name": "<b>"}
# Everything that is no text, as far as a bot may meet it.
CONTENTS: Final[list[dict[str, Any]]] = [
    {"document": FILE | {"file_name": "a.opml", "file_size": 10}},
    {"document": FILE | {"file_name": "\u202e", "mime_type": "text/x-opml", "file_size": 10**12}},
    {"document": FILE},
    {"photo": [FILE | {"width": 1, "height": 1}], "caption": "/subscribe <b>"},
    {"photo": [FILE | {"width": 1, "height": 1}], "media_group_id": "1"},
    {"location": {"latitude": 90.0, "longitude": -180.0}},
    {"location": {"latitude": 43.2, "longitude": 76.9, "live_period": 60}},
    {"contact": {"phone_number": "+", "first_name": "<"}},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"sticker": FILE | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
    {"voice": FILE | {"duration": 1}},
    {"video_note": FILE | {"length": 1, "duration": 1}},
    {"new_chat_members": [USER]},
    {"left_chat_member": USER},
    {"new_chat_title": "<b>"},
    {"delete_chat_photo": True},
    {"group_chat_created": True},
    {"migrate_to_chat_id": -100777},
    {"migrate_from_chat_id": -777},
    {"forum_topic_created": {"name": "<", "icon_color": 1}},
    {"forum_topic_closed": {}},
    {"web_app_data": {"data": "{", "button_text": "?"}},
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": READER, "type": "private"}}},
    {"successful_payment": {"currency": "XTR", "total_amount": 1, "invoice_payload": "?"}
     | {"telegram_payment_charge_id": "1", "provider_payment_charge_id": "1"}},
    {"write_access_allowed": {}},
    {},
]  # fmt: skip
PLACES: Final[tuple[dict[str, Any], ...]] = (
    {"id": READER, "type": "private", "first_name": "<&>"},
    {"id": ADMIN, "type": "private", "first_name": "<&>"},
    {"id": GROUP, "type": "supergroup", "title": "<&>"},
    {"id": FORUM, "type": "supergroup", "title": "<&>", "is_forum": True},
)


@st.composite
def people(draw: st.DrawFn, place: dict[str, Any]) -> dict[str, Any]:
    number = place["id"] if place["id"] > 0 else draw(st.sampled_from([READER, ADMIN, STRANGER]))
    return {"id": number, "is_bot": False, "first_name": draw(texts(64)), "language_code": draw(LANGUAGES)}


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    place = draw(st.sampled_from(PLACES))
    message: dict[str, Any] = {
        "message_id": draw(st.integers(1, 2**31)),
        "date": draw(st.integers(0, 2**33)),
        "chat": place,
    }
    if place["id"] < 0 and draw(st.booleans()):
        message["sender_chat"] = place
    message["from"] = draw(people(place))
    if place["id"] == FORUM and draw(st.booleans()):
        message |= {"message_thread_id": TOPIC, "is_topic_message": True}
    if draw(st.integers(0, 3)):
        text = draw(st.one_of(texts(), commands(), commands()))
        return message | {"text": text, "entities": draw(entities(text))}
    content: dict[str, Any] = draw(st.sampled_from(CONTENTS))
    return message | content


def others() -> SearchStrategy[tuple[str, dict[str, Any]]]:
    """Updates that nobody asked for, or that the bot does not serve."""
    reader: dict[str, Any] = {"id": READER, "is_bot": False, "first_name": "?"}
    chat = PLACES[2]
    channel = {"message_id": 1, "date": 1, "chat": {"id": CHANNEL, "type": "channel", "title": "?"}}
    poll = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False}
    poll |= {"is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False}
    poll |= {"members_only": False}
    left = {"user": {"id": 1, "is_bot": True, "first_name": "?"}, "status": "left"}
    kicked = left | {"status": "kicked", "until_date": 0}
    moved = {"chat": chat, "from": reader, "date": 1, "old_chat_member": left, "new_chat_member": kicked}
    kinds: list[tuple[str, SearchStrategy[dict[str, Any]]]] = [
        ("inline_query", texts(256).map(lambda text: {"id": "1", "from": reader, "query": text, "offset": text[:60]})),
        ("chosen_inline_result", texts(64).map(lambda text: {"result_id": text, "from": reader, "query": text})),
        ("channel_post", st.one_of(texts(), commands()).map(lambda text: channel | {"text": text})),
        ("edited_channel_post", commands().map(lambda text: channel | {"text": text, "edit_date": 2})),
        ("poll", st.just(poll)),
        ("poll_answer", st.just({"poll_id": "1", "user": reader, "option_ids": [0], "option_persistent_ids": []})),
        ("my_chat_member", st.just(moved)),
        ("my_chat_member", st.just(moved | {"chat": PLACES[0]})),
        ("chat_member", st.just(moved)),
        ("chat_join_request", st.just({"chat": chat, "from": reader, "user_chat_id": READER, "date": 1})),
        ("message_reaction", st.just({"chat": chat, "message_id": 1, "user": reader, "date": 1})
         .map(lambda one: one | {"old_reaction": [], "new_reaction": []})),
        ("pre_checkout_query", texts(64).map(lambda text: {"id": "1", "from": reader, "currency": "XTR"}
         | {"total_amount": 1, "invoice_payload": text})),
        ("edited_message", messages().map(lambda one: one | {"edit_date": 2})),
    ]  # fmt: skip
    return st.one_of([st.tuples(st.just(kind), payload) for kind, payload in kinds])
