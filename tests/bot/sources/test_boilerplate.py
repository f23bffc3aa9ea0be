import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.boilerplate import without, without_tail

_NEWS = "Президент прибыл в Баку. Переговоры начнутся завтра."

_INVITATIONS = """
Читайте нас в Telegram
Читайте нас в Дзене
Подписывайтесь на наш канал
👉 Подписывайтесь на наш Telegram-канал!
Подписывайтесь на нас в Telegram, Instagram и Facebook, чтобы быть в курсе главных новостей
Подписывайтесь на телеграм-канал Пример Казахстан и будьте в курсе
Следите за нашими новостями в Google News
Присоединяйтесь к нам в Facebook
Оставайтесь с нами!
Підписуйтесь на наш канал
Підписуйтесь на нас у Telegram
Follow us on Twitter and Facebook
Subscribe to our newsletter
Sign up for our daily newsletter
Join our WhatsApp channel for the latest news
Бізге жазылыңыз
Telegram арнамызға жазылыңыз
Бізді Instagram-да оқыңыз
Соңғы жаңалықтардан хабардар болу үшін Telegram арнамызға жазылыңыз!
Bizi izləyin
Bizi Telegram-da izləyin
Telegram kanalımıza abunə olun
""".strip().split("\n")

_TAILS = """
Читать далее
Читать полностью на сайте →
Подробнее: https://example.org/a
Подробнее — https://example.org/a
Читати далі
Read more
Continue reading
Толығырақ: example.kz/a
Ətraflı
Daha ətraflı oxuyun
The post Bridge opened appeared first on Example News.
Сообщение Мост открыт появились сначала на Пример.
Фото: pixabay.com
Сурет: Kazinform
@examplechannel
@example | t.me/example
Подписаться | Прислать новость
Наш канал в WhatsApp
👉 Пример. Подписаться
Подписывайся на Пример
Присоединяйтесь: @examplechannel
📩 Прислать новость
Читать нас без VPN можно здесь: example.org/b
Фото: Министерство иностранных дел Казахстана
🔥🔥
""".strip().split("\n")

_SENTENCES = """
Подписывайтесь на акции, советует банк своим клиентам.
Подписывайтесь на наш канал, призвал блогер своих читателей.
Читайте договор внимательно, советуют юристы
Читайте нас внимательно, сказал министр журналистам
Читайте также: так называется новая программа. В ней учат читать вслух.
Follow us on the road to Baku, the minister told reporters.
Read the report in full before voting, senators said
Join US Forces in Iraq
Watch Real Madrid Meet FC Barcelona Live on YouTube
Read more about the bridge in the report, the ministry said.
Компания Telegram запустила новый канал для новостей
Мы подписались на наш общий договор
По теме доклада выступил министр
Фото: так назвал свою новую выставку художник из Алматы, и на ней больше ста работ, снятых за десять лет.
Видео: мэр открыл мост. На мосту играл оркестр.
Видео: мэр открыл мост, на котором играл оркестр
Подписаться на газету можно до конца года
Бізге су керек, деді ауыл тұрғындары
Bizi narahat edən budur, dedi nazir
#новости #Казахстан
https://example.org/
12345
""".strip().split("\n")


@pytest.mark.parametrize("line", [*_INVITATIONS, *_TAILS])
def test_what_only_invites_leaves_the_end_of_a_text(line: str) -> None:
    for text in (f"{_NEWS}\n\n{line}", f"{_NEWS}\n\n{line}\n\n{line}"):
        assert without(text) == without_tail(text) == _NEWS


@pytest.mark.parametrize("line", _INVITATIONS)
def test_invitation_is_none_of_the_news_wherever_it_stands(line: str) -> None:
    text = f"{_NEWS}\n\n{line}\n\n{_NEWS}"
    assert without(text) == f"{_NEWS}\n\n{_NEWS}"
    assert without_tail(text) == text
    assert without(line) == ""


@pytest.mark.parametrize("line", _SENTENCES)
def test_sentence_that_has_such_words_stays(line: str) -> None:
    for text in (f"{_NEWS}\n\n{line}", f"{line}\n\n{_NEWS}", line):
        assert without(text) == without_tail(text) == text


@pytest.mark.parametrize("line", ["Фото: pixabay.com", "@examplechannel", "Подробнее: https://example.org/a"])
def test_what_names_something_stays_within_a_text(line: str) -> None:
    text = f"{_NEWS}\n\n{line}\n\n{_NEWS}"
    assert without(text) == text


@pytest.mark.parametrize(
    "block",
    [
        "Читайте также: В Астане открыли новую школу",
        "Читайте также: «Где вы были?» — спросил министр",
        "Читайте ещё – Мост открыт",
        "По теме: Мост открыт",
        "Читайте также:",
        "Читайте также\n\nВ Астане открыли новую школу\n\nМост открыт",
        "ЧИТАЙТЕ ТАКЖЕ:\n\n• В Астане открыли новую школу",
        "Материалы по теме:\n\nМост открыт",
        "Читайте також: Міст відкрито",
        "Read also: Bridge opened",
        "Related stories:\n\nBridge opened",
        "Тағы оқыңыз: Көпір ашылды",
        "Həmçinin oxuyun: Körpü açıldı",
    ],
)
def test_other_articles_are_none_of_the_news_wherever_they_are_named(block: str) -> None:
    assert without(f"{_NEWS}\n\n{block}\n\n{_NEWS}") == f"{_NEWS}\n\n{_NEWS}"
    assert without(f"{_NEWS}\n\n{block}") == without_tail(f"{_NEWS}\n\n{block}") == _NEWS


def test_long_paragraph_is_never_boilerplate() -> None:
    text = "Подписывайтесь на наш канал " * 20
    assert without(text) == text


def test_millions_of_signs_are_read_at_once() -> None:
    text = "!" * 1_000_000 + "а" + "t.me/а" * 1_000_000
    assert without(text) == text


@given(st.lists(st.sampled_from([*_INVITATIONS, *_TAILS, *_SENTENCES, "Читайте также:", _NEWS]) | st.text(max_size=9)))
def test_what_is_left_is_some_of_the_paragraphs_in_their_order(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    for clean in (without, without_tail):
        left = clean(text).split("\n\n") if clean(text) else []
        remaining = iter(text.split("\n\n"))
        assert all(paragraph in remaining for paragraph in left)
        assert clean(clean(text)) == clean(text)
