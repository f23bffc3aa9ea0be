import csv
import json
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language import detect as detect_module
from storage.language.analyser import UNKNOWN
from storage.language.detect import detect, settle
from tests.news_data import import_drafts
from tests.shared import shared

SENTENCES = {"ru": "rus_Cyrl", "uk": "ukr_Cyrl", "kk": "kaz_Cyrl", "en": "eng_Latn", "az": "azj_Latn"}

_LETTERS = "аәбвгғдежзийкқлмнңоөпрстуұфхһүыіэьъёц"
LATIN = {
    2018: _LETTERS.maketrans(
        dict(zip(_LETTERS, [*"aábvgǵdejzııkqlmnńoóprstýufhhúyie", "", "", "o", "ts"], strict=True))
        | {"ш": "sh", "ч": "ch", "щ": "sh", "ю": "ıý", "я": "ıa"}
    ),
    2021: _LETTERS.maketrans(
        dict(zip(_LETTERS, [*"aäbvgğdejziikqlmnñoöprstuūfhhüyıe", "", "", "o", "ts"], strict=True))
        | {"ш": "ş", "ч": "ch", "щ": "ş", "ю": "iu", "я": "ia"}
    ),
}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("Президент Казахстана принял участие в заседании Совета мира", "ru", id="Russian"),
        pytest.param("Президент взяв участь у засіданні та зустрівся з послом", "uk", id="Ukrainian"),
        pytest.param("Қазақстан Президенті жаңа жобаны таныстырды", "kk", id="Kazakh"),
        pytest.param("The president of Kazakhstan took part in the session", "en", id="English"),
        pytest.param("Azərbaycan Prezidenti yeni layihəni təqdim edib", "az", id="Azerbaijani"),
        pytest.param("Qazaqstan Prezıdenti jańa jobany tanystyrdy", "kk", id="Kazakh in the letters of 2018"),
        pytest.param("Memleket basşysy Ükımet otyrysyn ötkızdı", "kk", id="Kazakh in the letters of 2021"),
        pytest.param("Azerbaycan Prezidenti Ilham Eliyev Turkiyeye sefer edib", "az", id="typed without diacritics"),
        pytest.param("Milli Meclis qanun layihesini qebul etdi", "az", id="typed without diacritics, q for k"),
        pytest.param("Hava limanında reyslər təxirə salınıb", "az", id="Azerbaijani that is half Turkish"),
        pytest.param("Futbol komandası final oyununu uddu", "az", id="Azerbaijani without its letters ə, x and q"),
        pytest.param("Parkda yeni oyun meydançası", "az", id="Azerbaijani by its priority over Turkish"),
        pytest.param("NATO-nun prezident postu", "az", id="an ending behind an abbreviation"),
        pytest.param("Marka 2026-da investor tapdı", "az", id="an ending behind a year"),
        pytest.param("Neftin qiymeti ucuzlasib", "az", id="Azerbaijani headline typed without diacritics"),
        pytest.param("İtaliya premyeri istefa verir", "az", id="a dotted capital"),
        pytest.param("Екінші телефон арзан", "kk", id="Kazakh with a Russian word"),
        pytest.param("Ауылдағы клуб жабылды", "kk", id="one Kazakh letter"),
        pytest.param("Индексация мерзімі белгілі болды", "kk", id="Kazakh with «і», that Ukrainian has too"),
        pytest.param("Мектеп бітірушілер саны артты", "kk", id="Kazakh with «і» and «ы»"),
        pytest.param("Банктер пайызды төмендетті", "kk", id="Kazakh with «ө», that Kyrgyz has too"),
        pytest.param("Вирус саны 20-дан асты", "kk", id="an ending behind a figure"),
        pytest.param("Токаев", "ru", id="a name in Cyrillic letters is most likely Russian"),
        pytest.param("Токаев Алиев Пашинян", "ru", id="names alone"),
        pytest.param("Tokayev", "en", id="a name in Latin letters is most likely English"),
        pytest.param("Tokayev Aliyev Pashinyan", "en", id="Latin names alone"),
        pytest.param("Apple iPhone Pro Max", "en", id="brands alone"),
        pytest.param("Oil prices rise sharply", "en", id="a headline without function words"),
        pytest.param("İLHAM ƏLİYEV", "az", id="capitals of one alphabet"),
        pytest.param("YENİ QANUN QÜVVƏYƏ MİNDİ", "az", id="dotted capitals"),
        pytest.param("ҚАЗАҚСТАН ПРЕЗИДЕНТІ ЗАҢҒА ҚОЛ ҚОЙДЫ", "kk", id="Kazakh capitals"),
        pytest.param("ПРЕЗИДЕНТ ПОДПИСАЛ ЗАКОН О БЮДЖЕТЕ", "ru", id="Russian capitals"),
        pytest.param("Әлихан", "kk", id="one telling letter"),
        pytest.param("Київ", "uk", id="one telling Ukrainian letter"),
        pytest.param("Вона може бути проти цього", "uk", id="Ukrainian without its letters"),
        pytest.param("Депутати проголосували за законопроект", "uk", id="Ukrainian by its endings"),
        pytest.param("Курс долара на завтра", "uk", id="Ukrainian by one word that is not Russian"),
        pytest.param("Зранку на дорогах ожеледиця", "uk", id="Ukrainian by a first word in capitals"),
        pytest.param("Маршрут автобусу змінили", "uk", id="Ukrainian by a dictionary, where signs are Russian"),
        pytest.param("Завтра буде тепло", "uk", id="Ukrainian of words nearly Russian"),
        pytest.param("Валерий Меладзе выступит перед школьниками", "ru", id="Russian with a Georgian name"),
        pytest.param("Пять промтов для бэкендеров", "ru", id="Russian that no dictionary has"),
        pytest.param("Фильм про войну покажут в Баку", "ru", id="a Russian headline with a Ukrainian word"),
        pytest.param("Премьер Шмыгаль встретился с Кличко в Киеве", "ru", id="Russian with Ukrainian names"),
        pytest.param("Алматыда жаңбыр жауады", "kk", id="Kazakh of three words"),
        pytest.param("Мен бармадым", "kk", id="Kazakh without its letters"),
        pytest.param(
            "Владимир Путин, Сергей Лавров және Дмитрий Песков брифинг өткізді", "kk", id="Kazakh full of Russian names"
        ),
        pytest.param(
            "Президент сказал: «Біз біргеміз», и зал поддержал его аплодисментами",
            "ru",
            id="a quotation",
        ),
        pytest.param("В газете «Егемен Қазақстан» вышла статья о реформах", "ru", id="a Kazakh name in Russian"),
        pytest.param("Ilham Əliyev met the president of Armenia in Brussels", "en", id="Ə in an English text"),
        pytest.param("Компания Apple представила iPhone и iPad в Баку", "ru", id="foreign names do not decide"),
        pytest.param("Подписывайтесь https://t.me/some_channel @some_name #breaking #news", "ru", id="addresses, tags"),
        pytest.param("#Казахстан #новости", "ru", id="tags alone"),
    ],
)
def test_language_is_told_by_letters_endings_and_words(text: str, language: str) -> None:
    assert detect(text) == language


OTHERS = [
    pytest.param("Türkiye Büyük Millet Meclisi bugün toplandı ve yeni yasayı kabul etti", id="Turkish"),
    pytest.param("Bakanlık yeni ekonomik önlemleri açıkladı", id="Turkish headline"),
    pytest.param("Cumhurbaşkanı Erdoğan bugün konuştu", id="Turkish of four words"),
    pytest.param("Elektriğe zam geliyor mu", id="Turkish by -iyor and ğ beside e"),
    pytest.param("Borsa günü yükselişle kapattı", id="Turkish by its past tense"),
    pytest.param("Бишкекте жаңы мектеп ачылды", id="Kyrgyz of four words"),
    pytest.param("Өкмөт жыйыны болуп өттү", id="Kyrgyz by «ү» late in a word"),
    pytest.param("Казанда яңа мәктәп ачылды", id="Tatar of four words"),
    pytest.param("У Мінску адкрылі школу", id="Belarusian of four words"),
    pytest.param("Өкмөт башчысы министрлер менен жолугушту", id="Kyrgyz"),
    pytest.param("Бишкекте бүгүн күн ачык болот жана жаан күтүлбөйт", id="Kyrgyz of eight words"),
    pytest.param("Сёння ў Мінску адбылася сустрэча міністраў замежных спраў", id="Belarusian"),
    pytest.param("Прэзідэнт падпісаў новы закон аб адукацыі", id="Belarusian headline"),
    pytest.param("Президентът подписа новия закон за бюджета", id="Bulgarian"),
    pytest.param("Влада Србије усвојила је предлог о повећању пензија", id="Serbian"),
    pytest.param("Тошкентда халқаро анжуман бўлиб ўтди", id="Uzbek"),
    pytest.param("Toshkentda xalqaro anjuman bo‘lib o‘tdi va unda ko‘plab mehmonlar qatnashdi", id="Latin Uzbek"),
    pytest.param("Казанда бүген халыкара форум башлана һәм ул өч көн дәвам итәчәк", id="Tatar"),
    pytest.param("Der Bundeskanzler hat gestern in Berlin mit den Ministern gesprochen", id="German"),
    pytest.param("Le président de la République a rencontré les maires hier soir", id="French"),
    pytest.param("El presidente firmó ayer la nueva ley de presupuestos", id="Spanish"),
    pytest.param("Uno dos tres cuatro cinco seis", id="Spanish without diacritics"),
    pytest.param("Prezydent podpisał wczoraj nową ustawę", id="Polish"),
    pytest.param("رئيس الوزراء يلتقي وزير الخارجية", id="Arabic"),
    pytest.param("你好世界", id="Chinese"),
    pytest.param("პრეზიდენტი შეხვდა ელჩებს თბილისში", id="Georgian"),
    pytest.param("Նախագահը հանդիպել է դեսպանների հետ", id="Armenian"),
    pytest.param("שלום עולם שלום the", id="mostly another script"),
    pytest.param("https://example.com/the/news/of/the/day", id="an address alone"),
    pytest.param("2025, 100 % — 😀", id="no letters"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages_are_unknown(text: str) -> None:
    assert detect(text) == UNKNOWN


@pytest.mark.parametrize("text", OTHERS)
def test_a_long_text_in_another_language_is_not_told_at_a_glance(text: str) -> None:
    assert detect_module._glance(f"{text}\n" * 100) is None


def test_the_beginning_of_a_long_text_decides() -> None:
    assert detect("это было в Казахстане и не только " * 100 + "the end of the text " * 1000) == "ru"


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        pytest.param(None, "Президент принял участие в заседании", "ru", id="none declared"),
        pytest.param("en", "Президент принял участие в заседании", "ru", id="contradicted by the letters"),
        pytest.param("uk", "Президент принял участие в заседании", "uk", id="the same letters"),
        pytest.param("kk", "The president took part in the session", "kk", id="Kazakh has two alphabets"),
        pytest.param("fr", "Le président de la République a rencontré les maires", "fr", id="not one of the five"),
        pytest.param("en", "2025", "en", id="nothing to tell it by"),
        pytest.param(None, "2025", UNKNOWN, id="nothing at all"),
    ],
)
def test_the_declared_language_holds_unless_the_letters_contradict(
    declared: str | None, text: str, language: str
) -> None:
    assert settle(declared, text) == language


@given(st.text(max_size=200))
def test_every_text_has_a_language_or_none(text: str) -> None:
    assert detect(text) in {"ru", "uk", "en", "kk", "az", UNKNOWN}


# On all 800 sentences of each language; the figures are up to half a point above the floors.
@pytest.mark.parametrize(("count", "average", "each"), [(4, 0.985, 0.98), (8, 0.996, 0.99), (1000, 0.999, 0.997)])
def test_real_sentences_are_told_by_their_first_words(count: int, average: float, each: float) -> None:
    right = [_share(_sentences(name), language, count) for language, name in SENTENCES.items()]
    assert min(right) >= each
    assert sum(right) / len(right) >= average


@pytest.mark.parametrize("alphabet", LATIN)
@pytest.mark.parametrize(("count", "floor"), [(4, 0.93), (8, 0.985)])
def test_kazakh_is_told_in_latin_letters(alphabet: int, count: int, floor: float) -> None:
    sentences = [sentence.lower().translate(LATIN[alphabet]) for sentence in _sentences("kaz_Cyrl")]
    assert _share(sentences, "kk", count) >= floor


@pytest.mark.parametrize("language", ["ru", "en"])
def test_real_headlines_are_told_by_eight_words(language: str) -> None:
    with shared("data", f"news_{language}_20200503.jsonl").open(encoding="utf-8") as rows:
        titles = [json.loads(row)["title"] for row in islice(rows, 2000)]
    assert _share(titles, language, 8) >= 0.995


def _share(texts: Sequence[str] | Iterator[str], language: str, words: int) -> float:
    told = [detect(" ".join(text.split()[:words])) for text in texts]
    return told.count(language) / len(told)


def _sentences(name: str) -> Iterator[str]:
    for part in ("train", "dev"):
        with shared("data", "sib200", f"{name}.{part}.tsv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["text"]


def test_a_blob_says_nothing() -> None:
    assert detect("be" * 1500) == UNKNOWN
    assert detect("ш" * 3000 + " Президент подписал закон") == UNKNOWN
    assert detect("Президент подписал закон о бюджете " + "ш" * 300) == "ru"


def test_a_glance_at_a_long_text_tells_what_weighing_its_words_would() -> None:
    glanced = 0
    for language in ("ru", "en"):
        for draft in import_drafts(language=language, limit=300):
            beginning = f"{draft.title}\n{draft.text}"[: detect_module._READ]
            if found := detect_module._glance(beginning):
                glanced += 1
                assert found == detect_module._detect(detect_module._words(beginning))
    assert glanced > 500


def test_a_long_text_of_two_languages_is_not_told_at_a_glance() -> None:
    russian, kazakh = (
        "Президент сообщил о новых мерах поддержки. ",
        "Президент жаңа шаралар туралы айтты, деп хабарлады. ",
    )
    assert detect_module._glance(russian * 30 + kazakh * 30) is None
    assert detect(russian * 20 + kazakh * 50) == "kk"
