"""/addsource: what is found at an address, who may add it, and what is said where it does not work."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery, SendChatAction
from aiogram.types import Chat as TelegramChat
from structlog.testing import capture_logs

from bot.adding import Several
from bot.conversation.addsource import SOURCES_EACH
from bot.keyboards import AddShown
from bot.sources.discover import MOST, Candidate
from bot.sources.trouble import FetchError, Trouble
from storage.models import Draft
from tests.bot.conversation.sources import HOSTILE, as_admin, everything, note, source
from tests.bot.conversation.talk import NOON, USER, Talk, draft

GROUP = TelegramChat(id=-100, type="supergroup", title="Новости")
FEED = "https://report.az/rss"
NEWS = (
    draft("Порт строят", at=NOON - timedelta(hours=3), source="Report", url="https://report.az/1"),
    draft("Саммит открыт", at=NOON - timedelta(hours=2), source="Report", url="https://report.az/2"),
)
NOT_HERE = "Добавлять источники здесь может только владелец бота. Что я читаю: /sources"
UNKNOWN_LINK = "Не пойму, о чём это. Напишите несколько слов, и я поищу."
STILL_READING = "Ещё читаю прошлый адрес. Подождите, пожалуйста, пока закончу."
PAGE = Several(
    (
        Candidate("https://report.az/ru/rss", "Report: по-русски"),
        Candidate("https://report.az/en/rss?a=1&b=<2>", "Report <in> English"),
        Candidate("https://report.az/az/rss", ""),
    )
)


@pytest.fixture
def admin(talk: Talk) -> Talk:
    as_admin(talk)
    talk.fetching.web[FEED] = ("Report", NEWS)
    talk.fetching.web["report.az"] = PAGE
    return talk


async def test_added_source_is_told_with_what_it_holds(admin: Talk) -> None:
    typing = admin.session.calls_of(SendChatAction)
    [answer] = await admin.say(f"/addsource {FEED}")
    assert answer.text == (
        "Новый источник: Report. В нём 2 статьи, самая свежая:\n\n"
        "Саммит открыт\n6 декабря, 10:00\n\n"
        "Всё это уже можно найти поиском, а новое отсюда попадёт и в дайджесты."
    )
    assert answer.links == (FEED, "https://report.az/2")
    assert answer.buttons == ("Показать последние", "Настроить", "Удалить")
    [feed] = await everything(admin)
    assert (feed.url, feed.added_by) == (FEED, USER)
    assert typing[0].action == "typing"


async def test_buttons_under_an_added_source_lead_on(admin: Talk) -> None:
    await admin.say(f"/addsource {FEED}")
    added = admin.buttoned()
    [found] = await admin.press_on(added, "Показать последние")
    assert found.text.startswith('По запросу source:"report" — 2 новости')
    [card] = await admin.press_on(added, "Настроить")
    assert card.text.startswith(f"Report\n{FEED}\n")
    await admin.press_on(added, "Удалить")
    assert await everything(admin) == []


@pytest.mark.parametrize(
    "drafts", [(), (Draft(title="Без даты"), Draft(title="Старее"))], ids=["none", "without dates"]
)
async def test_source_with_nothing_or_without_dates_is_told_too(admin: Talk, drafts: tuple[Draft, ...]) -> None:
    admin.fetching.web[FEED] = ("Report", drafts)
    [answer] = await admin.say(f"/addsource {FEED}")
    if drafts:
        assert answer.text.split("\n\n")[1] == "Без даты"
    else:
        assert answer.text == "Новый источник: Report. Статей в нём пока нет, скоро загляну ещё раз."
        assert answer.buttons == ("Настроить", "Удалить")


async def test_known_source_is_shown_with_its_card(admin: Talk) -> None:
    await admin.say(f"/addsource {FEED}")
    [answer] = await admin.say(f"/addsource {FEED}")
    assert answer.text.startswith(f"Этот источник я уже читаю.\n\nReport\n{FEED}\n")
    assert answer.buttons == ("Показать последние", "Загружать статьи целиком", "Удалить", "‹ Все источники")
    assert len(await everything(admin)) == 1


async def test_address_is_asked_for_and_the_next_message_is_it(admin: Talk) -> None:
    [question] = await admin.say("/addsource")
    assert question.text.startswith("Что добавить? Пришлите адрес ленты или сайта")
    [answer] = await admin.say(FEED)
    assert answer.text.startswith("Новый источник: Report.")
    assert (await admin.say("форум"))[0].text.startswith("По запросу форум")


async def test_question_goes_on_after_a_mistake_until_it_is_cancelled(admin: Talk) -> None:
    admin.fetching.web["ftp://report.az"] = FetchError(Trouble.ADDRESS)
    await admin.say("/addsource")
    [mistake] = await admin.say("ftp://report.az")
    assert mistake.text == (
        "Не получилось: это не похоже на адрес ленты, сайта или канала. Я читаю ленты (RSS, Atom, JSON Feed), сайты, "
        "у которых они есть, и открытые каналы Telegram: пришлите адрес или @имя.\n"
        "Попробуйте ещё раз или нажмите /cancel."
    )
    assert [shown.text for shown in await admin.say("/cancel")] == ["Хорошо, забудем."]
    assert (await admin.say(FEED))[0].text.startswith(UNKNOWN_LINK)


async def test_a_link_alone_is_offered_as_a_source_to_who_may_add_it(admin: Talk) -> None:
    [offer] = await admin.say(FEED)
    assert offer.text == f"{UNKNOWN_LINK}\nИли это новый источник? {FEED}"
    await admin.press("Добавить источник")
    assert [one.url for one in await everything(admin)] == [FEED]


async def test_address_that_fails_in_the_command_leaves_the_question_open(admin: Talk) -> None:
    admin.fetching.web["https://a.az"] = FetchError(Trouble.DNS)
    [mistake] = await admin.say("/addsource https://a.az")
    assert mistake.text.endswith("\nПопробуйте ещё раз или нажмите /cancel.")
    assert (await admin.say(FEED))[0].text.startswith("Новый источник: Report.")
    assert (await admin.say("форум"))[0].text.startswith("По запросу форум")


async def test_address_that_fails_in_a_group_opens_no_question(admin: Talk) -> None:
    admin.fetching.web["https://a.az"] = FetchError(Trouble.DNS)
    [mistake] = await admin.feed_message(chat=GROUP, text="/addsource https://a.az")
    assert mistake.text.endswith("нет ли в адресе опечатки.")


async def test_channel_without_articles_is_told_why(admin: Talk) -> None:
    channel = "https://t.me/s/report"
    admin.fetching.web[channel] = ("Report", ())
    [answer] = await admin.say(f"/addsource {channel}")
    assert answer.text.endswith("Статей в нём пока нет, скоро загляну ещё раз. Посты без текста я не читаю.")


async def test_single_article_is_no_newest(admin: Talk) -> None:
    admin.fetching.web[FEED] = ("Report", NEWS[:1])
    [answer] = await admin.say(f"/addsource {FEED}")
    assert answer.text.startswith("Новый источник: Report. В нём 1 статья:\n\nПорт строят\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FetchError(Trouble.NO_FEED_FOUND), "ленты там не нашлось. Возможно, на сайте есть другая лента"),
        (FetchError(Trouble.NOT_A_FEED, "no item"), "нет ленты, которую можно прочитать. Возможно, на сайте"),
        (FetchError(Trouble.CREDENTIALS), "в адресе есть имя пользователя или пароль. Адреса источников видны всем"),
        (FetchError(Trouble.NO_PREVIEW), "или такого канала нет. Я читаю только открытые каналы"),
        (FetchError(Trouble.FORBIDDEN), "адрес ведёт во внутреннюю сеть. Я читаю только то, что открыто всем"),
        (FetchError(Trouble.LIMITED), "сервер просит подождать. Попробуйте позже."),
        (FetchError(Trouble.STATUS, "<503>"), "сервер отвечает ошибкой <503>. Открывается ли адрес в браузере?"),
    ],
)
async def test_what_went_wrong_is_said_with_what_to_do_next(admin: Talk, error: FetchError, said: str) -> None:
    admin.fetching.web["https://a.az"] = error
    with capture_logs() as logs:
        [answer] = await admin.say("/addsource https://a.az")
    assert answer.text.startswith("Не получилось: ")
    assert said in answer.text
    assert await everything(admin) == []
    assert logs == []


@pytest.mark.parametrize("trouble", Trouble)
async def test_every_trouble_ends_in_advice(admin: Talk, trouble: Trouble) -> None:
    admin.fetching.web["https://a.az"] = FetchError(trouble, "x" * 5000)
    [answer] = await admin.say("/addsource https://a.az")
    assert answer.text.count(". ") >= 1
    assert answer.text[-1] in ".?"
    assert len(answer.text) < 600


async def test_feeds_of_a_page_are_offered_with_their_addresses(admin: Talk) -> None:
    [choice] = await admin.say("/addsource report.az")
    assert choice.text == (
        "Здесь несколько лент. Какую читать?\n\n"
        "1. Report: по-русски\nhttps://report.az/ru/rss\n\n"
        "2. Report <in> English\nhttps://report.az/en/rss?a=1&b=<2>\n\n"
        "3. https://report.az/az/rss\nhttps://report.az/az/rss"
    )
    assert choice.buttons == ("1. Report: по-русски", "2. Report <in> English", "3. https://report.az/az/rss")
    assert await everything(admin) == []


@pytest.mark.parametrize("count", [MOST, MOST + 1])
async def test_of_more_feeds_than_fit_the_first_are_offered_and_that_is_said(admin: Talk, count: int) -> None:
    found = tuple(Candidate(f"https://report.az/{number}", f"Лента {number}") for number in range(count))
    admin.fetching.web["report.az"] = Several(found)
    [choice] = await admin.say("/addsource report.az")
    assert len(choice.buttons) == MOST
    assert ("Показаны первые 10." in choice.text) is (count > MOST)


async def test_press_reads_the_feed_that_was_picked_after_a_restart_too(admin: Talk) -> None:
    address = "https://report.az/en/rss?a=1&b=<2>"
    admin.fetching.web[address] = ("Report", NEWS)
    await admin.say("/addsource report.az")
    admin.restarted()
    answers = admin.session.calls_of(AnswerCallbackQuery)
    shown = await admin.press("2. Report <in> English")
    assert [one.text for one in answers] == ["Читаю…"]
    assert [one.is_note for one in shown] == [True, False, False]
    assert shown[1].buttons[1] == "✓ 2. Report <in> English"
    assert shown[2].text.startswith("Новый источник: Report.")
    assert admin.fetching.asked[-1] == address


async def test_feed_that_is_picked_twice_is_known_the_second_time(admin: Talk) -> None:
    admin.fetching.web["https://report.az/ru/rss"] = ("Report", NEWS)
    await admin.say("/addsource report.az")
    offered = admin.buttoned()
    await admin.press_on(offered, "1. Report: по-русски")
    shown = await admin.press_on(offered, "1. Report: по-русски")
    assert shown[-1].text.startswith("Этот источник я уже читаю.")


async def test_press_that_finds_nothing_says_so(admin: Talk) -> None:
    await admin.say("/addsource report.az")
    answers = admin.session.calls_of(AnswerCallbackQuery)
    [_, answer] = await admin.press("3. https://report.az/az/rss")
    assert answer.text.startswith("Не получилось: ленты там не нашлось.")
    assert len(answers) == 1


async def test_press_on_a_message_without_its_addresses_says_so(admin: Talk) -> None:
    await admin.say("/addsource report.az")
    assert "/addsource" in note(await admin.press_data(AddShown(place=3).pack()))
    bare = admin.buttoned().model_copy(update={"entities": None})
    assert "/addsource" in note(await admin.press_on(bare, "1. Report: по-русски"))


@pytest.mark.parametrize("settings", [{}, {"admin_ids": (USER + 1,)}])
async def test_others_are_told_who_adds_sources(talk: Talk, settings: dict[str, Any]) -> None:
    talk.configured(**settings)
    for words in ("/addsource", f"/addsource {FEED}"):
        assert [shown.text for shown in await talk.say(words)] == [NOT_HERE]
    assert [shown.text for shown in await talk.say(FEED)] == [UNKNOWN_LINK]
    assert talk.fetching.asked == []


async def test_press_of_somebody_who_may_not_add_is_refused(admin: Talk) -> None:
    await admin.say("/addsource report.az")
    admin.configured(admin_ids=())
    assert note(await admin.press("1. Report: по-русски")) == NOT_HERE
    assert admin.fetching.asked == ["report.az"]


async def test_everybody_adds_where_the_operator_allows_it_up_to_a_limit(admin: Talk) -> None:
    admin.configured(admin_ids=(), allow_user_sources=True)
    for number in range(SOURCES_EACH - 1):
        await source(admin, f"Лента {number}", added_by=USER)
    for number in range(3):
        await source(admin, f"Чужая {number}", added_by=USER + 1)
    await admin.say("/addsource report.az")
    offered = admin.buttoned()
    assert (await admin.say(f"/addsource {FEED}"))[0].text.startswith("Новый источник: Report.")
    full = f"Вы уже добавили источников: {SOURCES_EACH}. Это предел, удалите какой-нибудь: /sources"
    for words in ("/addsource", "/addsource https://a.az"):
        assert [shown.text for shown in await admin.say(words)] == [full]
    assert note(await admin.press_on(offered, "1. Report: по-русски")) == full
    as_admin(admin)
    assert (await admin.say("/addsource"))[0].text.startswith("Что добавить?")


async def test_answer_that_comes_when_the_limit_is_reached_adds_nothing(admin: Talk) -> None:
    admin.configured(admin_ids=(), allow_user_sources=True)
    await admin.say("/addsource")
    for number in range(SOURCES_EACH):
        await source(admin, f"Лента {number}", added_by=USER)
    assert (await admin.say(FEED))[0].text.startswith("Вы уже добавили источников: 20")
    assert admin.fetching.asked == []


async def test_page_whose_addresses_are_all_too_long_has_no_feed(admin: Talk) -> None:
    admin.fetching.web["report.az"] = Several((Candidate("https://report.az/" + "a" * 300, "Report"),) * 2)
    assert (await admin.say("/addsource report.az"))[0].text.startswith("Не получилось: ленты там не нашлось.")


async def test_in_a_group_only_an_admin_adds(admin: Talk) -> None:
    [answer] = await admin.feed_message(chat=GROUP, text=f"/addsource {FEED}")
    assert answer.text.startswith("Новый источник: Report.")
    admin.configured(admin_ids=(), allow_user_sources=True)
    [answer] = await admin.feed_message(chat=GROUP, text="/addsource report.az")
    assert answer.text == NOT_HERE


@pytest.mark.parametrize("title", HOSTILE)
async def test_strange_pages_and_feeds_break_no_message(admin: Talk, title: str) -> None:
    title = title.encode(errors="replace").decode()
    places = [f"https://report.az/{'ы' * 200}/{number}" for number in range(9)]
    admin.fetching.web["report.az"] = Several(
        (Candidate("https://report.az/" + "a" * 3000, title), *(Candidate(place, title) for place in places))
    )
    admin.fetching.web[places[8]] = (title, [draft(title.strip() or "?", url="https://a b.az/<>")])
    with capture_logs() as logs:
        [choice] = await admin.say("/addsource report.az")
        assert len(choice.buttons) == 9
        assert len(await admin.press(choice.buttons[8])) == 3
        await admin.say(f"/addsource {places[8]}")
    assert logs == []
    assert len(await everything(admin)) == 1


@dataclass(frozen=True, slots=True)
class Slowly:
    """Fetching that says when it reads an address, and waits to be told to go on."""

    begun: asyncio.Event
    go_on: asyncio.Event


@pytest.fixture
def slowly(admin: Talk, monkeypatch: pytest.MonkeyPatch) -> Slowly:
    made, add = Slowly(asyncio.Event(), asyncio.Event()), admin.fetching.add

    async def wait(*args: Any, **kwargs: Any) -> Any:
        made.begun.set()
        await asyncio.wait_for(made.go_on.wait(), 10)
        return await add(*args, **kwargs)

    monkeypatch.setattr(admin.fetching, "add", wait)
    return made


async def test_while_an_address_is_read_another_is_refused_and_all_else_is_answered(
    admin: Talk, slowly: Slowly
) -> None:
    slowly.go_on.set()
    await admin.say("/addsource report.az")
    slowly.begun.clear()
    slowly.go_on.clear()
    first = asyncio.create_task(admin.say(f"/addsource {FEED}"))
    await slowly.begun.wait()
    [refused] = await admin.say("/addsource report.az")
    assert refused.text == STILL_READING
    assert note(await admin.press("1. Report: по-русски")) == STILL_READING
    [helped] = await admin.say("/help")
    assert helped.text
    slowly.go_on.set()
    assert (await first)[-1].text.startswith("Новый источник: Report.")
    assert (await admin.say("/addsource report.az"))[0].text != STILL_READING


async def test_question_that_is_asked_while_an_address_is_read_stays_open(admin: Talk, slowly: Slowly) -> None:
    await admin.say("/addsource")
    first = asyncio.create_task(admin.say(FEED))
    await slowly.begun.wait()
    [refused] = await admin.say(FEED)
    assert refused.text == STILL_READING
    await admin.say("/subscribe")
    slowly.go_on.set()
    await first
    [answer] = await admin.say("казахстан")
    assert answer.text.startswith("Новая подписка: казахстан")


async def test_address_that_fails_leaves_a_question_that_was_asked_meanwhile(admin: Talk, slowly: Slowly) -> None:
    admin.fetching.web["https://a.az"] = FetchError(Trouble.DNS)
    first = asyncio.create_task(admin.say("/addsource https://a.az"))
    await slowly.begun.wait()
    await admin.say("/subscribe")
    slowly.go_on.set()
    await first
    assert (await admin.say("казахстан"))[0].text.startswith("Новая подписка: казахстан")
