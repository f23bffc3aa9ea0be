import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import clean


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>Один</p><p>Два</p>", "Один\n\nДва", id="paragraphs"),
        pytest.param("Один<br/>Два<BR>Три", "Один\n\nДва\n\nТри", id="line breaks"),
        pytest.param("<b>Сло</b>во и <i>дело</i>", "Слово и дело", id="inline tags part no words"),
        pytest.param("<ul><li>мука<li>сахар</ul>", "мука\n\nсахар", id="list"),
        pytest.param("один\n  два <i>три</i>\n", "один два три", id="line breaks in markup are blanks"),
        pytest.param("первый абзац\n\nвторой абзац", "первый абзац\n\nвторой абзац", id="no markup at all"),
        pytest.param("&laquo;Ой&raquo;&nbsp;&mdash; &#1072;&#x431;", "«Ой» — аб", id="entities"),
        pytest.param("AT&amp;T &lt;b&gt;", "AT&T <b>", id="escaped markup is text"),
        pytest.param("5 < 7 и 7 > 5", "5 < 7 и 7 > 5", id="signs are no tags"),
        pytest.param("до<script>if (a < b) alert('</p>')</script>после", "допосле", id="script"),
        pytest.param("до<style>p {}</style><!-- <p>нет</p> -->после", "допосле", id="style and comment"),
        pytest.param("до<!-- без конца <p>нет", "до", id="open comment"),
        pytest.param("до<!-- -- --> и <!-- без конца >после", "до и после", id="open comment with a sign of its end"),
        pytest.param("до<svg/> и <script src='a'/>после", "до и после", id="tags that end themselves"),
        pytest.param('<img alt="a<br />b" src="x">текст', "текст", id="whole tag in an attribute"),
        pytest.param("<![CDATA[текст]]>", "текст", id="CDATA within"),
        pytest.param('<img alt="a > b" src=x>текст', "текст", id="sign in an attribute"),
        pytest.param('<img alt="a<b" src="x">текст', "текст", id="tag in an attribute"),
        pytest.param('текст <a href="http://exam', "текст", id="cut inside a tag"),
        pytest.param("&#" + "9" * 5000 + ";", "\ufffd", id="no such character"),
        pytest.param("", "", id="empty"),
    ],
)
def test_markup_becomes_clean_paragraphs(markup: str, text: str) -> None:
    assert clean.html(markup) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(" один \t два\xa0\u200bтри ", "один два три", id="blanks"),
        pytest.param("a\x00b\ud800c\ufeff", "abc", id="noise"),
        pytest.param("Первый.\r\n\r\n\r\n Второй. ", "Первый.\n\nВторой.", id="blank lines"),
        pytest.param("Первый.\nВторой.", "Первый.\n\nВторой.", id="a line that ends a sentence ends a paragraph"),
        pytest.param(
            f"{'Слово ' * 10}конец.\nВторой", f"{'Слово ' * 10}конец.\n\nВторой", id="a full line that ends one"
        ),
        pytest.param("Встреча прошла\nв Баку", "Встреча прошла в Баку", id="a small letter goes on"),
        pytest.param(
            f"{'слово ' * 10}и город\nБаку тоже", f"{'слово ' * 10}и город Баку тоже", id="a full line goes on"
        ),
        pytest.param(f"Заголовок\n{'Слово ' * 30}".strip(), f"Заголовок\n\n{'Слово ' * 30}".strip(), id="headline"),
    ],
)
def test_plain_text_becomes_clean_paragraphs(raw: str, text: str) -> None:
    assert clean.text(raw) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Один. Два.", "Один"),
        ("Один! Два.", "Один!"),
        ("Один... Два.", "Один..."),
        ("«Один.» Два.", "«Один.»"),
        ("Цена 2.5 доллара. Рост.", "Цена 2.5 доллара"),
        ("В г. Баку и на ул. Низами тихо. Да.", "В г. Баку и на ул. Низами тихо"),
        ("Так сказал И. О. Фамилия. Да.", "Так сказал И. О. Фамилия"),
        ("Сообщил Example.Az вчера. Да.", "Сообщил Example.Az вчера"),
        ("Сообщил Example.Az. Да.", "Сообщил Example.Az"),
        ("Это было в 2025 г.", "Это было в 2025 г."),
        ("«Мы готовы!» — сказал он. Да.", "«Мы готовы!» — сказал он"),
        ("Без точки\n\nВторой абзац", "Без точки"),
        ("", ""),
    ],
)
def test_first_sentence_is_a_headline(text: str, sentence: str) -> None:
    assert clean.first_sentence(text) == sentence


def test_long_sentence_is_cut_at_a_word() -> None:
    assert clean.first_sentence("слово " * 100) == "слово " * 32 + "слово…"
    assert clean.first_sentence("ы" * 300) == "ы" * 199 + "…"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://Example.ORG:443/A/b?b=2&a=1#top", "https://example.org/A/b?b=2&a=1"),
        ("http://example.org:80/", "http://example.org/"),
        ("http://example.org:8080?", "http://example.org:8080/"),
        ("https://example.org/a?utm_source=x&id=5&utm_medium=y", "https://example.org/a?id=5"),
        ("https://example.org/a?UTM_Source=x&mtm_kwd=1&fbclid=1&gclid=2", "https://example.org/a"),
        ("https://example.org/a?yclid=1&ysclid=2&_openstat=3&&q=%20", "https://example.org/a?q=%20"),
        ("https://example.org/a?utm%5Fsource=x", "https://example.org/a"),
        ("https://example.org/a?my_utm_source=x", "https://example.org/a?my_utm_source=x"),
        ("https://Пример.РФ/Новость?q=Ы", "https://пример.рф/Новость?q=Ы"),
        ("  https://example.org/a b\n", "https://example.org/a%20b"),
        ("https://user:secret@localhost/", "https://localhost/"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://example.org./a", "https://example.org/a"),
    ],
)
def test_canonical_url_keeps_what_tells_articles_apart(url: str, canonical: str) -> None:
    assert clean.canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "/a",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "mailto:a",
        "https://",
        "https:///a",
        "https://[bad/a",
        "https://example.org:99999/",
        "https://exa<mple.org/",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_what_no_browser_would_open_is_no_address(url: str) -> None:
    assert clean.canonical_url(url) is None


@given(
    st.one_of(
        st.text(),
        st.builds("{}{}{}{}".format, st.sampled_from(["http://", "HTTPS://"]), *[st.text(max_size=12)] * 3),
        st.text("htps:/?#&=@[]%.a1 ÉжİßА", min_size=1).map("http://a".__add__),
    )
)
def test_canonical_url_of_a_canonical_url_is_itself(url: str) -> None:
    canonical = clean.canonical_url(url)
    assert canonical is None or clean.canonical_url(canonical) == canonical


_markup = (
    st.text()
    | st.text("<>/!-=\"'&;#ab \n[]scriptCDATA")
    | st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<br", "<!--", "-->", "<script>", "&amp;", "&#", "<a href='", '"', "слово", "\n"]
        )
    ).map("".join)
)


@given(_markup)
def test_clean_text_has_only_tidy_paragraphs(markup: str) -> None:
    for text in (clean.html(markup), clean.text(markup)):
        assert all(paragraph == clean.line(paragraph) != "" for paragraph in text.split("\n\n") if text)
        assert clean.text(text) == text


@given(st.text())
def test_sentence_fits_a_headline(text: str) -> None:
    sentence = clean.first_sentence(text)
    assert len(sentence) <= clean.SENTENCE_LIMIT
    assert clean.line(sentence) == sentence


@pytest.mark.parametrize(
    "unit",
    ["<!--", "<a ", "<a b='", '<a "="', "<script", "<svg>x</svg", "&#x", "<![if ", "=", '<a =" <', "...", ". ", "А. "],
)
def test_hostile_markup_takes_linear_time(unit: str) -> None:
    # Quadratic time would be minutes here.
    clean.html(unit * 100_000 + "<")
    clean.first_sentence(unit * 100_000)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ru", "ru"),
        ("RU", "ru"),
        ("ru-KZ", "ru"),
        ("en_US", "en"),
        ("kz", None),
        ("rus", None),
        ("und", None),
        ("", None),
    ],
)
def test_language_code_is_iso_639_1(tag: str, code: str | None) -> None:
    assert clean.language_code(tag) == code
