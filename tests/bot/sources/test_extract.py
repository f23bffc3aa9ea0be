import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sources import clean, extract
from bot.sources.extract import Page
from bot.sources.worker import Parser
from storage.models import Draft

URL = "https://example.org/news/1"
TEXT = [
    "В городе открыли новый мост через железную дорогу, который строили почти три года.",
    "Движение по мосту начнётся в понедельник, а до этого дня дорогу проверят ещё раз.",
    "«Мы ждали этого дня очень долго», — сказал житель соседнего посёлка.",
    "Длина моста составляет 640 метров, на нём устроены четыре полосы и две дорожки для пешеходов.",
]
A_JPG = "https://example.org/a.jpg"
PARAGRAPHS = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
MENU = "<ul>" + "".join(f"<li><a href='/{name}'>{name}</a>" for name in ("Политика", "Общество", "Спорт")) + "</ul>"
RELATED = "<div class=related><h3>Читайте также</h3><ul><li><a href='/2'>Курс не изменился</a></ul></div>"
COMMENTS = "<div class=comments><h3>Комментарии</h3><p>Гость: наконец-то дождались, спасибо строителям!</p></div>"
FOOTER = "<footer><p>Все права защищены.</p><p>Подписывайтесь на наш канал в Telegram</p></footer>"


def read(body: str, *, head: str = "", encoding: str = "utf-8", content_type: str = "text/html") -> Page:
    page = f"<!doctype html><html><head>{head}<title>Мост открыт — Сайт</title></head><body>{body}</body></html>"
    return extract.article(page.encode(encoding, "xmlcharrefreplace"), url=URL, content_type=content_type)


def article(body: str, *, head: str = "", encoding: str = "utf-8", content_type: str = "text/html") -> list[str]:
    text = read(body, head=head, encoding=encoding, content_type=content_type).text
    return text.split("\n\n") if text else []


def picture(head: str) -> str | None:
    return read(f"<article>{PARAGRAPHS}</article>", head=head).image


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            f"<nav>{MENU}</nav><main><article><h1>Мост открыт</h1><time>1 декабря</time>{PARAGRAPHS}</article>"
            f"{RELATED}{COMMENTS}</main><aside>{MENU}</aside>{FOOTER}",
            id="marked up by its meaning",
        ),
        pytest.param(
            f"<div class=top>{MENU}</div><div class=left><div class=title>Мост открыт</div><div>01.12.2025 10:15</div>"
            f"<div class=news-text>{PARAGRAPHS}</div>{RELATED}{COMMENTS}</div>{FOOTER}",
            id="divisions with names",
        ),
        pytest.param(
            f"<div>{MENU}</div><div class=a1><div class=b2><div>{'</div><div>'.join(TEXT)}</div></div></div>",
            id="divisions without",
        ),
        pytest.param(
            "".join(f"<div class=r><div class=t>{line}</div></div>" for line in TEXT) + f"<nav>{MENU}</nav>{FOOTER}",
            id="blocks of a site builder",
        ),
        pytest.param(
            f"<nav>{MENU}</nav><h1>Мост открыт</h1><div class=text>{'<br><br>'.join(TEXT)}</div>", id="breaks"
        ),
        pytest.param(
            f"<table><tr><td>{MENU}<td><b>Мост открыт</b><br>{PARAGRAPHS}<tr><td colspan=2>{FOOTER}</table>",
            id="tables",
        ),
        pytest.param(
            f"<article><h1>Мост открыт</h1>{PARAGRAPHS}<p>Читайте нас в Telegram</p><p>Фото: Имя Фамилия</p></article>",
            id="invitations and credits at the end",
        ),
    ],
)
def test_text_of_an_article_is_all_that_is_kept_of_its_page(body: str) -> None:
    assert article(body) == TEXT


def test_headings_lists_and_quotes_within_the_text_stay() -> None:
    body = f"""<article><p>{TEXT[0]}</p><h2>Как едут</h2><ul><li>{TEXT[1]}</li></ul>
        <figure><img src=a.jpg></figure><blockquote>{TEXT[2]}</blockquote><p>{TEXT[3]}</p></article>"""
    assert article(body) == [TEXT[0], "Как едут", *TEXT[1:]]


def test_short_news_is_no_less_an_article() -> None:
    assert article(f"<nav>{MENU}</nav><article><h1>Мост открыт</h1><p>{TEXT[0]}</p></article>{FOOTER}") == TEXT[:1]


def test_page_of_headlines_has_no_text() -> None:
    cards = "".join(
        f"<div><a href='/{number}'>Новость номер {number}</a> 10:{number}</div>" for number in range(10, 40)
    )
    assert article(f"<nav>{MENU}</nav><main>{cards}</main>{FOOTER}") == []


@pytest.mark.parametrize(
    ("encoding", "content_type", "head"),
    [
        ("cp1251", "text/html; charset=windows-1251", ""),
        ("cp1251", "text/html", "<meta charset=windows-1251>"),
        ("koi8-r", "text/html; charset=koi8-r", ""),
        ("iso8859-5", "text/html; charset=iso-8859-5", ""),
        ("utf-8", "text/html; charset=iso-8859-1", ""),
    ],
)
def test_charset_is_recognised(encoding: str, content_type: str, head: str) -> None:
    assert article(PARAGRAPHS, head=head, encoding=encoding, content_type=content_type) == TEXT


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("", id="empty"),
        pytest.param("%PDF-1.7 \0\0", id="no page"),
        pytest.param("<p>" + "Слово. " * 500_000, id="too large"),
        pytest.param("<p>Слово." * 30_000, id="too many elements"),
        pytest.param("<div>" * 200_000 + TEXT[0], id="nested too deep"),
    ],
)
def test_what_is_no_article_has_no_text(page: str) -> None:
    assert extract.article(page.encode(), url=URL) == Page()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.sampled_from(["<p>", "<div>", "<nav>", "</p>", "<table>", "<td>", "<br>", "<!--", "<a>"]) | st.text())
    .map("".join)
    .map(str.encode)
    | st.binary()
)
def test_text_of_any_bytes_is_clean_paragraphs(page: bytes) -> None:
    text = extract.article(page, url=URL).text
    assert all(paragraph == clean.line(paragraph) != "" for paragraph in text.split("\n\n") if text)


@pytest.mark.parametrize(
    ("head", "image"),
    [
        ('<meta property="og:image" content="https://cdn.example.org/a.jpg">', "https://cdn.example.org/a.jpg"),
        ('<meta name="og:image" content="/a.jpg">', "https://example.org/a.jpg"),
        ('<base href="/files/"><meta property="og:image" content="a.jpg">', "https://example.org/files/a.jpg"),
        ('<meta name="twitter:image" content="a.jpg">', "https://example.org/news/a.jpg"),
        ('<meta name="twitter:image:src" content="/t.jpg"><meta property="og:image" content="/a.jpg">', A_JPG),
        ('<meta property="og:image" content=" "><meta name="twitter:image" content="/a.jpg">', A_JPG),
        (
            '<meta property="og:image" content="/icon.png"><meta property="og:image:width" content="96">'
            '<meta property="og:image:url" content="/a.jpg"><meta property="og:image:height" content="630px">',
            A_JPG,
        ),
        ('<meta property="og:image:height" content="48"><meta property="og:image" content="/a.jpg">', A_JPG),
        ('<meta property="og:image" content="data:image/png;base64,iVBORw0KGgo=">', None),
        ('<meta property="og:image:alt" content="https://example.org/a.jpg">', None),
        ("", None),
    ],
)
def test_picture_is_the_one_the_page_is_shared_with(head: str, image: str | None) -> None:
    assert picture(head) == image


def test_page_without_a_text_still_has_its_picture() -> None:
    assert read("", head='<meta property="og:image" content="/a.jpg">') == Page("", A_JPG)


async def test_article_is_extracted_in_a_worker() -> None:
    async with Parser(workers=1) as parser:
        page = f"<article>{PARAGRAPHS}</article>".encode()
        assert await parser.run(extract.article, page, url=URL) == Page("\n\n".join(TEXT))


def test_full_text_is_wanted_for_short_items_with_an_address() -> None:
    short = Draft(title="Мост открыт", text="ы" * (extract.SHORT - 1), url="https://example.org/1")
    assert extract.wants_text(short)
    assert not extract.wants_text(Draft(title="Мост открыт", text="ы" * extract.SHORT, url="https://example.org/1"))
    assert not extract.wants_text(Draft(title="Мост открыт"))


def test_post_of_a_channel_is_all_there_is() -> None:
    assert not extract.wants_text(Draft(title="Мост открыт", url="https://t.me/channel/7"))
