"""Queries and articles from a small vocabulary, so that they meet often."""

from datetime import date

from hypothesis import strategies as st

from storage.language.tokens import tokenise
from storage.phrases import Element, Mode, Phrase
from storage.syntax import After, Before, From, In, Last, Node, Query, conjunction, disjunction, negation, settled

# Forms of one word, words that share forms, hyphenated words and their parts, names that dictionaries misread.
WORDS = (
    *("Казахстан", "Казахстану", "Токаев", "Токаева", "средний", "среднем", "коридор", "коридору", "баку", "или"),
    *("стали", "сталь", "мыла", "мыло", "мыть", "ещё", "Санкт-Петербург", "Петербурге", "санкт", "Ким-Чен-Ын", "ким"),
    *("льодом", "місто", "велика", "бала", "қаланың", "şəhərlərdə"),
    *("чен", "ын", "news", "new", "cities", "city", "Kazakhstan's", "C++", "COVID-19", "3,5"),
)
PREFIXES = ("казах", "то", "пет", "санкт-пет", "ci", "covid", "3", "ки")
SOURCES = (("Report", "report.az"), ("Интерфакс-Украина", ""), ("РИА Новости", "ria.ru"), ("", "lenta.ru"))
NAMED = ("report", "report.az", "риа новости", "новости", "интерфакс-украина", "lenta.ru", "ru", "nowhere")
LANGUAGES = ("ru", "en", "uk", "und")
DAYS = tuple(date(2025, 11, day) for day in (27, 28, 29, 30))


def element(word: str, mode: Mode = Mode.INFLECTED) -> Element:
    """A word as it was typed, before it is read with its neighbours."""
    return Element.of(word, mode)


def forms(name: str) -> tuple[str, ...]:
    return tuple(token.form for token in tokenise(name))


_inflected = st.sampled_from(WORDS).map(element)
_exact = st.sampled_from(WORDS).map(lambda word: element(word, Mode.EXACT))
_prefix = st.sampled_from([prefix for prefix in PREFIXES if len(prefix) > 1]).map(
    lambda word: element(word, Mode.PREFIX)
)
_elements = st.one_of(_inflected, _inflected, _exact, _prefix)
phrases = st.builds(
    Phrase,
    st.one_of(st.tuples(_elements), st.lists(_elements, min_size=2, max_size=3).map(tuple)),
    title=st.sampled_from([False, False, True]),
)
conditions = st.one_of(
    st.sampled_from(NAMED).map(lambda name: From(forms(name))),
    st.sampled_from(LANGUAGES).map(In),
    st.sampled_from(DAYS).map(After),
    st.sampled_from(DAYS).map(Before),
    st.sampled_from([1, 24, 36, 24 * 7]).map(Last),
)
leaves: st.SearchStrategy[Node] = st.one_of(phrases, phrases, conditions)


def _grown(finding: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Nodes with something to find, of smaller ones; exclusions stand beside something to find."""
    beside = st.lists(st.one_of(finding, finding.map(negation)), min_size=1, max_size=2)
    return st.one_of(
        st.builds(lambda first, others: conjunction([first, *others]), finding, beside),
        st.lists(finding, min_size=2, max_size=3).map(disjunction),
    )


nodes = st.recursive(leaves, _grown, max_leaves=5)
queries = nodes.map(settled).map(lambda node: Query(node, str(node)))
