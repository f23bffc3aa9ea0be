"""The test server's other methods are as strict as Telegram's: commands, files, chats, inline results, tokens."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNotFound, TelegramUnauthorizedError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BufferedInputFile,
    ChatMemberAdministrator,
    ChatMemberMember,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InlineQueryResultUnion,
    InputTextMessageContent,
)
from aiohttp import ClientResponseError, ClientSession

from tests.telegram import TelegramServer
from tests.telegram_client import client, post, refusal
from tests.telegram_readers import READER

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """A server that one reader has written to; unlike `telegram` it lets a test break the rules."""
    async with TelegramServer() as server:
        server.say("/start")
        yield server


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with client(server) as bot:
        yield bot


@pytest.mark.parametrize(
    ("commands", "complaint"),
    [
        pytest.param([("Start", "а")], "BOT_COMMAND_INVALID", id="capital"),
        pytest.param([("поиск", "а")], "BOT_COMMAND_INVALID", id="letters"),
        pytest.param([("", "а")], "command must be non-empty", id="no name"),
        pytest.param([("a" * 33, "а")], "command length must not exceed 32", id="long name"),
        pytest.param([("start", "")], "command description must be non-empty", id="no description"),
        pytest.param([("start", "а" * 257)], "command description length must not exceed 256", id="long description"),
        pytest.param([("start", "а")] * 101, "BOT_COMMANDS_TOO_MUCH", id="many"),
    ],
)
async def test_commands_that_telegram_refuses(bot: Bot, commands: list[tuple[str, str]], complaint: str) -> None:
    given = [BotCommand(command=name, description=description) for name, description in commands]
    assert await refusal(bot.set_my_commands(given)) == f"Bad Request: {complaint}"


async def test_commands_are_kept_for_each_language_and_scope(bot: Bot) -> None:
    groups = BotCommandScopeAllGroupChats()
    russian, english = BotCommand(command="a" * 32, description="а" * 256), BotCommand(command="stats", description="b")
    await bot.set_my_commands([russian], language_code="ru")
    await bot.set_my_commands([english], scope=groups)
    assert [kept.command for kept in await bot.get_my_commands(language_code="ru")] == [russian.command]
    assert await bot.delete_my_commands(language_code="kk")
    assert [kept.command for kept in await bot.get_my_commands(scope=groups)] == [english.command]
    assert await bot.get_my_commands() == []
    wrong = bot.set_my_commands([english], language_code="rus")
    assert await refusal(wrong) == "Bad Request: invalid language code specified"


async def test_descriptions_have_limits(server: TelegramServer, bot: Bot) -> None:
    await bot.set_my_description("а" * 512, language_code="ru")
    await bot.set_my_short_description("а" * 120)
    await refusal(bot.set_my_description("а" * 513))
    await refusal(bot.set_my_short_description("а" * 121))
    assert set(server.world.profile) == {("description", "ru"), ("short_description", "")}


async def test_files_are_kept_as_they_came(server: TelegramServer, bot: Bot) -> None:
    await bot.send_document(READER, BufferedInputFile(b"{}", "export.json"), caption="<b>Всё</b>", parse_mode="HTML")
    photo = await bot.send_photo(READER, BufferedInputFile(PNG, "trend.png"))
    document, picture = server.sent
    assert document.file is not None
    assert picture.file is not None
    assert (document.file.name, document.file.content, document.text) == ("export.json", b"{}", "Всё")
    assert (picture.file.content, picture.method) == (PNG, "sendPhoto")
    assert photo.photo is not None
    await bot.send_photo(READER, photo.photo[0].file_id)
    assert server.violations == []


async def test_files_that_telegram_refuses(server: TelegramServer, bot: Bot) -> None:
    file = BufferedInputFile(b"text", "a.txt")
    long = "message caption is too long"
    assert await refusal(bot.send_document(READER, file, caption="x" * 1025)) == f"Bad Request: {long}"
    assert await refusal(bot.send_photo(READER, file)) == "Bad Request: IMAGE_PROCESS_FAILED"
    empty = bot.send_document(READER, BufferedInputFile(b"", "a.txt"))
    assert await refusal(empty) == "Bad Request: file must be non-empty"
    unknown = bot.send_document(READER, "https://a.kz/a.pdf")
    assert await refusal(unknown) == "Bad Request: wrong file identifier/HTTP URL specified"
    status, answer = await post(server, "sendDocument", chat_id=READER)
    assert (status, answer["description"]) == (400, "Bad Request: there is no document in the request")


async def test_a_file_that_a_reader_sent_is_fetched_by_its_path(server: TelegramServer, bot: Bot) -> None:
    server.send_file("sources.opml", b"<opml/>")
    [*_, update] = await bot.get_updates()
    assert update.message is not None
    document = update.message.document
    assert document is not None
    assert (document.file_name, document.mime_type, document.file_size) == ("sources.opml", "text/xml", 7)
    file = await bot.download(document)
    assert file is not None
    assert file.read() == b"<opml/>"
    assert server.violations == []


async def test_files_that_telegram_does_not_give(server: TelegramServer, bot: Bot) -> None:
    assert await refusal(bot.get_file("nothing")) == "Bad Request: invalid file_id"
    server.send_file("a.bin", bytes(20 * 2**20 + 1))
    assert await refusal(bot.get_file("upload-1")) == "Bad Request: file is too big"
    with pytest.raises(ClientResponseError, match="404"):
        await bot.download_file("documents/nothing")
    stranger = server.url + "/file/bot1:other/documents/upload-1"
    async with ClientSession() as http, http.get(stranger) as answer:
        assert answer.status == 401


async def test_a_menu_is_set_only_for_a_chat_that_is_known(server: TelegramServer, bot: Bot) -> None:
    commands = [BotCommand(command="start", description="a")]
    known, unknown = BotCommandScopeChat(chat_id=READER), BotCommandScopeChat(chat_id=2002)
    assert await bot.set_my_commands(commands, scope=known)
    assert await refusal(bot.set_my_commands(commands, scope=unknown)) == "Bad Request: chat not found"
    assert server.violations == []


async def test_a_caption_is_no_text_to_edit(server: TelegramServer, bot: Bot) -> None:
    await bot.send_document(READER, BufferedInputFile(b"text", "a.txt"))
    edit = bot.edit_message_text("2", chat_id=READER, message_id=server.sent[0].message_id)
    assert await refusal(edit) == "Bad Request: there is no text in the message to edit"


async def test_chat_actions_are_those_of_telegram(bot: Bot) -> None:
    assert await bot.send_chat_action(READER, "typing")
    wrong = bot.send_chat_action(READER, "thinking")
    assert await refusal(wrong) == "Bad Request: wrong parameter action in request"


async def test_members_and_administrators_are_told_apart(server: TelegramServer, bot: Bot) -> None:
    server.register(-1007, type="supergroup", name="Редакция", admins=[7])
    server.say("привет", user=8, chat=-1007)
    assert (await bot.get_chat(-1007)).title == "Редакция"
    assert isinstance(await bot.get_chat_member(-1007, 7), ChatMemberAdministrator)
    assert isinstance(await bot.get_chat_member(-1007, 8), ChatMemberMember)
    assert isinstance(await bot.get_chat_member(-1007, bot.id), ChatMemberMember)
    assert [member.user.id for member in await bot.get_chat_administrators(-1007)] == [7]
    assert await refusal(bot.get_chat_member(-1007, 9)) == "Bad Request: PARTICIPANT_ID_INVALID"
    private = await refusal(bot.get_chat_administrators(READER))
    assert private == "Bad Request: there are no administrators in the private chat"


async def test_a_chat_that_was_left_takes_no_messages(server: TelegramServer, bot: Bot) -> None:
    server.register(-1007, type="supergroup")
    assert await bot.leave_chat(-1007)
    assert await refusal(bot.send_message(-1007, "а")) == "Forbidden: bot is not a member of the supergroup chat"
    private = await refusal(bot.leave_chat(READER))
    assert private == "Bad Request: chat member status can't be changed in private chats"


def result(id: str, text: str = "а") -> InlineQueryResultArticle:
    content = InputTextMessageContent(message_text=text, parse_mode="HTML")
    return InlineQueryResultArticle(id=id, title="а", input_message_content=content)


async def test_inline_results_are_checked_as_messages_are(server: TelegramServer, bot: Bot) -> None:
    query = server.inline("саммит")
    assert await refusal(bot.answer_inline_query(query, [result("1", "<p>")])) != ""
    assert await refusal(bot.answer_inline_query(query, [result("1")] * 2)) == "Bad Request: RESULT_ID_DUPLICATE"
    assert await refusal(bot.answer_inline_query(query, [result("x" * 65)])) == "Bad Request: RESULT_ID_INVALID"
    many: list[InlineQueryResultUnion] = [result(str(number)) for number in range(51)]
    assert await refusal(bot.answer_inline_query(query, many)) == "Bad Request: RESULTS_TOO_MUCH"
    far = bot.answer_inline_query(query, [], next_offset="9" * 65)
    assert await refusal(far) == "Bad Request: NEXT_OFFSET_INVALID"
    for wrong in ("", "с", "x" * 65):
        door = InlineQueryResultsButton(text="?", start_parameter=wrong)
        assert await refusal(bot.answer_inline_query(query, [], button=door)) == "Bad Request: START_PARAM_INVALID"
    await bot.answer_inline_query(query, many[:50])
    results = server.world.inline_answers[query]
    assert results is not None
    assert len(results) == 50
    assert "query is too old" in await refusal(bot.answer_inline_query(query, []))


async def test_an_unknown_method_is_not_found(server: TelegramServer, bot: Bot) -> None:
    with pytest.raises(TelegramNotFound, match="Not Found: method not found"):
        await bot.get_my_star_balance()
    assert server.violations == ["getMyStarBalance: Not Found: method not found"]


async def test_a_wrong_token_is_unauthorized(server: TelegramServer) -> None:
    async with client(server, "4200000001:other") as stranger:
        with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
            await stranger.get_me()
    assert server.calls == []


async def test_names_of_methods_have_no_case(server: TelegramServer, bot: Bot) -> None:
    assert (await post(server, "GETME"))[1]["result"]["id"] == (await bot.get_me()).id == bot.id
    assert all([await bot.log_out(), await bot.close(), await bot.delete_webhook()])


async def test_json_and_forms_mean_the_same(server: TelegramServer, bot: Bot) -> None:
    await post(server, "sendMessage", chat_id=READER, text="true", disable_notification=True)
    await bot.send_message(READER, "true", disable_notification=True)
    first, second = (call.params for call in server.calls)
    assert first == second == {"chat_id": READER, "text": "true", "disable_notification": True}


async def test_a_bad_request_of_aiogram_is_one_here(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(READER, "<b>", parse_mode="HTML")
