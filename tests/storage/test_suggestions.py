"""What a query without hits may have meant, and the other names of what a query names."""

import random
from itertools import product
from pathlib import Path
from time import perf_counter

import pytest

from storage.database import Database
from storage.expansions import read
from storage.language.analyser import query_terms
from storage.language.function_words import is_function_word
from storage.language.tokens import tokenise
from storage.query import MOST_CHARACTERS, parse
from storage.search import search
from storage.suggestions import MOST, Wider, nearest, widened
from storage.typed_words import sought
from tests.news_data import import_drafts
from tests.storage.builders import NOW, document, draft, put

WHO = "всемирная организация здравоохранения"
NEWS = (
    draft("Токаев прибыл в Баку", "Президент Казахстана Токаев обсудил Средний коридор."),
    draft("Токаев: саммит в Баку", "Казахстан и Азербайджан развивают Средний коридор."),
    draft("Коронавирус отступает", "Всемирная организация здравоохранения верит в вакцину от коронавируса."),
    draft("Коронавирус в Москве", "Коридоры больниц пустеют. Совет мира соберётся в Москве."),
    draft("Əliyev Bakıda çıxış etdi", "Prezident Əliyev sammitdə çıxış edib.", language="az"),
    draft("F и B", "Хаби: F, затем B."),
    draft("Қазақстан жеңді", "Қазақстан құрамасы жеңіске жетті.", language="kk"),
)


@pytest.fixture
async def news(database: Database) -> Database:
    await put(database, *NEWS)
    return database


async def meant(database: Database, query: str) -> tuple[str, ...]:
    async with database.read() as conn:
        return await nearest(conn, parse(query), now=NOW)


async def wider(database: Database, query: str) -> Wider | None:
    async with database.read() as conn:
        return await widened(conn, parse(query), read())


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("rfpf[cnfy", "казахстан"),
        ("Njrftd", "Токаев"),
        ("njrftd.", "токаев"),
        ("njrftd cfvvbn", "токаев саммит"),
        (",fre", "баку"),
        ("[f,b,", "хаби"),
        ("rjhbljh*", "коридор*"),
        ("Tokayev", "Токаев"),
        ("Toqaev", "Токаев"),
        ("тоқаев", "токаев"),
        ("Алиев", "Əliyev"),
        ("azerbaijan", "азербайджан"),
        ("коронавирсу", "коронавирус"),
        ("короновирус", "коронавирус"),
        ("КОРОНВИРУС", "КОРОНАВИРУС"),
    ],
)
async def test_the_nearest_word_of_the_store_comes_first(typed: str, suggested: str, news: Database) -> None:
    assert (await meant(news, typed))[0] == suggested


@pytest.mark.parametrize(
    "query", ["токаев москва", "абракадабра", "баку -футболл", "last:7d", "שלום", "баку 😀", "коридорр*"]
)
async def test_a_query_of_words_that_are_there_or_near_none_has_no_suggestions(query: str, news: Database) -> None:
    assert await meant(news, query) == ()


async def test_a_word_in_the_text_alone_is_unknown_to_the_headline(news: Database) -> None:
    assert await meant(news, "title:вакцина") == ()
    assert await meant(news, "title:вакцинаа") == ()
    assert await meant(news, "title:токаеев") == ("title:токаев",)


async def test_a_slip_of_a_single_article_is_no_suggestion(database: Database) -> None:
    await put(database, draft("Коронавиурс", "Ошибка."), draft("Новости", "Здесь её нет."))
    assert await meant(database, "коронавиурсс") == ()
    await put(database, draft("Ещё раз", "Снова коронавиурс."))
    assert await meant(database, "коронавиурсс") == ("коронавиурс",)


async def test_a_word_of_one_article_is_suggested_if_its_other_forms_are_in_others(database: Database) -> None:
    await put(database, draft("Саммит"), draft("О саммите"))
    assert await meant(database, "саммиит") == ("саммит",)


async def test_suggestions_find_something_where_any_does(news: Database) -> None:
    found = await meant(news, "токаеев короновирус")
    assert found == ("токаев коронавирус",)  # no article has both, but both are written so
    async with news.read() as conn:
        assert (await search(conn, parse(found[0]), now=NOW)).total == 0
        for typed in ("короновирус", "коридров", "Tokaev"):
            for query in await nearest(conn, parse(typed), now=NOW):
                assert (await search(conn, parse(query), now=NOW)).total


async def test_no_suggestion_is_longer_than_a_query_may_be(news: Database) -> None:
    known = "коронавирус " * 40
    assert await meant(news, f"коронвирус {known}") == (f"коронавирус {known}".strip(),)
    longest = f"коронвирус {' ' * (MOST_CHARACTERS - len('коронвирус ') - len(known.strip()))}{known}".strip()
    assert len(longest) == MOST_CHARACTERS
    assert await meant(news, longest) == ()


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("совт " * 40, ("совет " * 40).strip()),
        ('совт, -хоккей (СОВТ OR "Совт мир")', 'совет, -хоккей (СОВЕТ OR "Совет мир")'),
    ],
)
async def test_an_unknown_word_is_mended_wherever_it_stands(typed: str, suggested: str, database: Database) -> None:
    await put(database, draft("Совет"), draft("О совете мира"))
    assert await meant(database, typed) == (suggested,)


async def test_more_unknown_words_than_are_looked_at_are_not_mended(news: Database) -> None:
    await put(news, draft("Вакцина"), draft("О вакцине"))
    assert await meant(news, "токаеев короновирус коридорр") == ("токаев коронавирус коридор",)
    assert await meant(news, "токаеев короновирус коридорр вакцинна") == ()
    assert await meant(news, "токаеев OR короновирус OR коридорр OR вакцинна") == ()


async def test_any_number_of_words_in_another_layout_is_read_in_it(news: Database) -> None:
    assert await meant(news, "njrftd ghb,sk ,fre ghtpbltyn cfvvbn") == ("токаев прибыл баку президент саммит",)


async def test_a_word_that_nothing_is_near_to_stays_only_beside_what_is_found(news: Database) -> None:
    assert await meant(news, "токаеев абракадабра") == ()
    assert await meant(news, "токаеев OR абракадабра") == ("токаев OR абракадабра",)


@pytest.mark.parametrize("query", [" абракадабра ", " токаев вакцина "])
async def test_a_query_is_no_suggestion_for_itself(query: str, news: Database) -> None:
    assert await meant(news, query) == ()


async def test_what_finds_nothing_gives_way_to_what_does(database: Database) -> None:
    await put(database, *(draft(f"Жена {number}") for number in range(9)), draft("Цена нефти"), draft("Цены на нефть"))
    assert (await meant(database, "яена"))[0] == "жена"
    assert await meant(database, "яена нефти") == ("цена нефти",)


async def test_a_word_in_an_address_does_not_stand_before_the_word_itself(database: Database) -> None:
    await put(database, *(draft(f"О коронавирусе {number}") for number in range(30)), draft("example.com/koronavyrus"))
    assert await meant(database, "коронавырус") == ("коронавирус",)


async def test_forms_of_one_word_are_suggested_once(database: Database) -> None:
    await put(database, draft("Коридор и коридоры"), draft("Коридора и коридору"), draft("Коридоры"))
    [only] = await meant(database, "коридорк")
    assert query_terms(only) & query_terms("коридор")


async def test_frequent_words_come_before_rare_ones(database: Database) -> None:
    rare = [draft(f"Жена {number}") for number in range(2)]
    common = [draft(f"Цена {number}") for number in range(9)]
    await put(database, *rare, *common)
    assert await meant(database, "яена") == ("цена", "жена")


@pytest.mark.parametrize(
    "query",
    [
        " ".join(f"ъщэ{letter}юё" for letter in "абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnop"),
        "а" * 400,
        "шц😀" * 40,
        "\u202eвесакот",
        "((((((((((токаеев))))))))))",
        "*".join(["токаеев"]) + "*",
        '"' + "токаеев " * 49 + '"',
        "'';;,,[]" * 20 + "абв",
    ],
    ids=["fifty words", "one long word", "emoji", "right to left", "nested", "prefix", "fifty in quotes", "signs"],
)
async def test_hostile_queries_cost_little(query: str, news: Database) -> None:
    began = perf_counter()
    assert len(await meant(news, query)) <= MOST
    assert perf_counter() - began < 3


@pytest.mark.parametrize(
    ("query", "text", "names"),
    [
        ("ВОЗ", 'ВОЗ OR "Всемирная организация здравоохранения"', ("Всемирная организация здравоохранения",)),
        ("воз вакцина", '(воз OR "Всемирная организация здравоохранения") вакцина', None),
        ('"ВОЗ" -футбол', '("ВОЗ" OR "Всемирная организация здравоохранения") -футбол', None),
        ("title:токаев OR title:казахстан", "title:токаев OR title:(казахстан OR Қазақстан)", None),
        ("Aliyev", "Aliyev OR Əliyev", ("Əliyev",)),
    ],
)
async def test_other_names_join_what_was_typed(
    query: str, text: str, names: tuple[str, ...] | None, news: Database
) -> None:
    found = await wider(news, query)
    assert found is not None
    assert found.text == text
    assert names in (None, found.names)
    assert parse(found.text)


@pytest.mark.parametrize(
    "query",
    ["саммит", "-ВОЗ саммит", "=воз", "воз*", '"саммит ВОЗ"', "source:ВОЗ", "НАТО", "токаев OR тоқаев", f"title:{WHO}"],
    ids=[
        "no name",
        "excluded",
        "exact",
        "prefix",
        "in a phrase",
        "source",
        "no other name there",
        "all there",
        "half in a headline",
    ],
)
async def test_names_are_not_added_where_they_do_not_belong(query: str, news: Database) -> None:
    assert await wider(news, query) is None


async def test_names_that_the_query_has_are_not_added_again(news: Database) -> None:
    first = await wider(news, "ВОЗ")
    assert first is not None
    assert await wider(news, first.text) is None


async def test_a_name_that_is_no_query_is_passed_over(news: Database, tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    table.write_text("токаев | в | -баку | OR | президент\n", encoding="utf-8")
    async with news.read() as conn:
        found = await widened(conn, parse("токаев"), read(table))
    assert found == Wider("токаев OR президент", ("президент",))


WORLD = (
    *(("ru", title) for title in ("ЕС и ЕАЭС", "Мать в суде ЕС", "Рад мир, ради ЕС", "ВОЗ: воз и рама", "Велик мир")),
    *(
        ("uk", title)
        for title in ("ЄС: рада й мати", "Суди Європейського союзу", "Вибори: ради ЄС, матері", "Велика рада")
    ),
    *(("kk", title) for title in ("Еуропалық одақ мата", "ЕО қаласы, одақ", "Қазақстан судың бетінде", "Дүние ЕО")),
    *(("az", title) for title in ("Avropa İttifaqı və ailə", "Avropa Birliyi: şəhər", "Əliyev Bakıda, ana", "aile")),
    *(("en", title) for title in ("The EU and a city", "European Union: ana and cities", "WHO are they")),
)
NAMED = (
    "ЄС",
    "ЕС",
    "ЕО",
    "EU",
    "ВОЗ",
    "WHO",
    "Европейский союз",
    "Європейський союз",
    "Еуропалық одақ",
    "Avropa Birliyi",
)
BESIDE = ("ради", "мати", "велика", "суды", "қаланың", "şəhərlər", "cities", "воз")
SHAPES = (
    *("{name}", "{word} {name}", "{name} {word}", '"{name}" {word}', "{word} OR {name}", "{word} {name} OR {word}"),
    *("{word} ({name} {word})", "title:{name} {word}", "{word} title:({name} OR {word})", "{name} -{word}"),
    *("{word} -({word} місто) {name} за неделю", "({word} OR {name}) {word}", "{name} місто OR {word} {name}"),
)


@pytest.fixture
async def world(database: Database) -> Database:
    await put(database, *(draft(title, language=language) for language, title in WORLD))
    return database


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_wider_query_finds_all_that_the_query_finds(shape: str, world: Database) -> None:
    documents = [document(title, language=language) for language, title in WORLD]
    lost, offered = [], 0
    for name, word in product(NAMED, BESIDE):
        query = parse(shape.format(name=name, word=word))
        if found := await wider(world, query.text):
            offered += 1
            more = parse(found.text)
            matched = [one for one in documents if query.matches(one, now=NOW)]
            lost += [(query.text, found.text) for one in matched if not more.matches(one, now=NOW)]
    assert not lost
    assert offered


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ради мира ЄС", "ради мира ЄС OR ради мира (ЕС"),
        ("ради мира ЕС", "ради мира (ЕС OR"),
    ],
)
async def test_a_name_whose_letters_tell_the_language_of_others_stays_beside_them(
    query: str, text: str, world: Database
) -> None:
    found = await wider(world, query)
    assert found is not None
    assert found.text.startswith(text)


# --- measured on a day's real articles


@pytest.fixture
async def day(database: Database) -> Database:
    await put(database, *import_drafts())
    return database


def mistyped(word: str, chance: random.Random) -> str:
    """The word with one letter more, less, another one, or two that changed places."""
    letters = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
    at = chance.randrange(len(word) - 1)
    return chance.choice(
        [
            word[:at] + chance.choice(letters) + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + chance.choice(letters) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


@pytest.mark.slow
async def test_mistyped_words_of_headlines_are_mended(day: Database) -> None:
    """Right first in 94 to 97 % and among those offered in 97 to 98 %, over words of six letters and more."""
    chance = random.Random(1)
    words = [token.form for one in import_drafts() for token in tokenise(one.title)]
    fitting = [word for word in words if len(word) >= 6 and word.isalpha() and "а" <= word[0] <= "я"]
    asked = first = among = 0
    while asked < 150:
        word = chance.choice(fitting)
        typed = mistyped(word, chance)
        async with day.read() as conn:
            if typed == word or is_function_word(word) or (await search(conn, parse(typed), now=NOW, limit=1)).total:
                continue
            found = await nearest(conn, parse(typed), now=NOW)
        right = [not query_terms(one).isdisjoint(query_terms(word)) for one in found]
        asked, first, among = asked + 1, first + right[:1].count(True), among + any(right)
    assert (first >= 0.9 * asked, among >= 0.93 * asked) == (True, True), (first, among)


def test_every_word_of_a_query_is_looked_at_where_it_stands() -> None:
    assert [word.at for word in sought("баку баку")] == [0, 5]
