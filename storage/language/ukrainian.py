"""Ukrainian: dictionary lemmas of pymorphy3, query-aware, and names by rule where the dictionary is silent.

    form → parses → without the readings that are most likely none (`_sifted`) → lemmas

Unlike the Russian dictionary this one knows no probabilities: every parse of a known word weighs the same, so what is
unlikely must follow from grammar and from the dictionary's own marks (slang, archaism, vocative …).
"""

import re
from collections.abc import Callable, Iterator

from pymorphy3 import MorphAnalyzer
from pymorphy3.analyzer import Parse

from storage.language.parses import plausible
from storage.language.tokens import Case, normalise

# A guess at an unknown word with less than this share is noise; guesses alone carry probabilities here.
PLAUSIBLE = 0.1

_FUNCTION_WORDS = {"PREP", "CONJ", "PRCL", "NPRO", "NUMR"}
# These are nouns first; as function words they are bookish or dialect («мов» = «наче», «меж» = «між»).
_NOUNS_FIRST = frozenset(("мов", "меж", "округи", "отця", "отцю", "отці", "шляхом"))
# Adverbs nobody takes for a case of «раз», «загал», «зараза», «повність» any more, though the dictionary does.
_ADVERBS_ONLY = frozenset(("разом", "загалом", "відразу", "зразу", "враз", "ураз", "повністю", "повік"))
# Plurals with a meaning of their own. The dictionary has hundreds of villages besides («хвилі», «вершини», «голови»).
_PLURALS = frozenset(
    ("батьки", "бровари", "ваги", "вершки", "вечорниці", "вибори", "вила", "відходи", "гроші", "груди", "жнива",
     "збори", "меблі", "окуляри", "перегони", "пологи", "сани", "суми", "сходи", "чари", "черкаси", "шахи", "ґрати")
)  # fmt: skip
_NAMES = {"Surn", "Name", "Patr"}
# Colloquial, slang, archaic, alternative spelling. Not `Dist`, for the news writes «гонка» and «палатка» all the same.
_MARKS = {"Infr", "Slng", "Arch", "alt"}
_OWN_LETTERS = re.compile("[їєґ]")
# «більше», «швидше», «ближче», «краще» — but «перше» is the ordinal.
_COMPARATIVE = re.compile(r"(?<!^пер)(?:ш|жч|щ)е$")
_ADJECTIVE = re.compile("[иії]й$")

# «учитель» and «вчитель» are one word, chosen by the sounds around it; these stems tell two words apart
# («вклад» a deposit, «уклад» a way of life; «вправа» an exercise, «управа» a council).
_ALTERNATING = re.compile(r"^[ув](?=[бвгґджзйклмнпрстфхцчшщ])")
_TWO_WORDS = re.compile(r"^[ув](?:клад|прав|ступ|раж|дач|дал|дан|тиск|ряд|хід|ход|став|пад|краї)")

# Ending of an unknown form → what stands in its place in the nominative, the likeliest first: a query takes the first,
# a document offers them all. On the dictionary's own surnames it offers the right one for 96 forms of 100.
_ENDINGS: dict[str, tuple[str, ...]] = {
    "а": ("", "о"), "у": ("", "а", "о"), "ові": ("", "о", "ов"), "ом": ("", "о"), "и": ("а", ""), "ою": ("а", "ой"),
    "ів": ("", "а"), "ам": ("", "а"), "ами": ("", "а"), "ах": ("", "а"),
    "і": ("", "а", "о", "ь", "я"), "зі": ("га", "з", "за", "зя"), "ці": ("ка", "ця", "ць"),
    "сі": ("с", "ха", "са", "ся"),
    "я": ("ь", "й"), "ю": ("я", "ь", "й"), "ем": ("", "ь"), "еві": ("ь", "", "ев"), "ею": ("ей", "я", "а"),
    "ї": ("й", "я"), "єм": ("й",), "єві": ("й", "єв"), "єю": ("я",), "їв": ("й",),
    "ям": ("я", "ь", "й"), "ями": ("я", "ь", "й"), "ях": ("я", "ь", "й"),
    "ія": ("ія", "ій"), "ії": ("ія", "ій"), "ію": ("ія", "ій"), "ієм": ("ій",), "ією": ("ія",),
    "ця": ("ць", "ець"), "цю": ("ця", "ець"), "цем": ("ець", "ц"), "цеві": ("ець",),
    "ого": ("ий",), "ому": ("ий", "ом"), "ім": ("ий", "ій"), "ої": ("а", "ий"), "ій": ("а", "ий"),
    "им": ("", "ий"), "их": ("", "ий"), "ими": ("", "ий"), "ким": ("кий",), "ких": ("кий",), "кими": ("кий",),
}  # fmt: skip
_LONGEST_ENDING = max(map(len, _ENDINGS))
_INDECLINABLE = re.compile("(?:дзе|швілі|огли|оглу|заде|[аеоу]у)$")
_SHORTEST_STEM = 3


class Ukrainian:
    """Analyser of Ukrainian; the dictionary takes about 22 MB and loads in 0.05 s."""

    def __init__(self) -> None:
        self._morph = MorphAnalyzer(lang="uk")

    def document(self, form: str, case: Case) -> tuple[str, ...]:
        parses = self._parses(form)
        if not self._known(form):
            kept = plausible(parses, _plain, PLAUSIBLE) | set(self._nominatives(form))
        elif len({parse.normal_form for parse in parses}) == 1:  # most words, and nothing to choose
            kept = {self._lemma(parses[0])}
        else:
            kept = {self._lemma(parse) for parse in _sifted(form, _written(parses, case))}
        return tuple(sorted(kept - {form}))

    def query(self, word: str) -> frozenset[str]:
        if not self._known(word):
            return self._guess(word)
        parses = _sifted(word, self._parses(word))
        own = [parse for parse in parses if parse.normal_form == word]
        if own and not _is_form_first(word, own, parses):
            parses = own
        return frozenset({self._lemma(parse) for parse in _spare(parses)}) | self._twins(word, own)

    def knows(self, word: str) -> bool:
        return self._known(word) or bool(_OWN_LETTERS.search(word))

    def abbreviates(self, word: str) -> bool:
        is_abbreviation = ["Abbr" in parse.tag.grammemes for parse in self._parses(word)]
        return any(is_abbreviation) and not all(is_abbreviation)

    def _known(self, form: str) -> bool:
        return bool(self._morph.word_is_known(form))

    def _parses(self, form: str) -> list[Parse]:
        """The parses of a form; «ґ» that the dictionary doesn't have is «г» in one of the two spellings of names."""
        if "ґ" in form and not self._known(form):
            form = form.replace("ґ", "г")
        return list(self._morph.parse(form))

    def _lemma(self, parse: Parse) -> str:
        """«ганок» for «ґанок», as people type it, unless «г» makes another word: «ґрати» are bars, «грати» to play."""
        lemma = _plain(parse)
        if "ґ" not in lemma:
            return lemma
        twin = lemma.replace("ґ", "г")
        others = [parse for parse in self._own(twin) if "Dist" not in parse.tag.grammemes]
        return twin if _is_marked(parse) or not others else lemma

    def _own(self, word: str) -> list[Parse]:
        """The readings of which the word is the dictionary form, except odd ones."""
        parses = self._morph.parse(word) if self._known(word) else ()
        return [parse for parse in parses if parse.normal_form == word and not _is_marked(parse)]

    def _twins(self, word: str, own: list[Parse]) -> frozenset[str]:
        """The same dictionary form with «у» for «в» at its beginning or «в» for «у»."""
        if not own or not _ALTERNATING.search(word) or _TWO_WORDS.search(word):
            return frozenset()
        twin = ("в" if word[0] == "у" else "у") + word[1:]
        kinds = {parse.tag.POS for parse in own if not _is_name(parse)}
        return frozenset(
            {twin} if any(parse.tag.POS in kinds and not _is_name(parse) for parse in self._own(twin)) else ()
        )

    def _guess(self, word: str) -> frozenset[str]:
        """An unknown word looks for itself, and for the likeliest nominative if it is none itself."""
        parses = self._parses(word)
        guesses = [guess for guess in self._nominatives(word) if guess == next(_replaced(word))]
        if word not in map(_plain, parses) and not (guesses and parses[0].tag.POS == "NOUN"):
            guesses.append(_plain(parses[0]))
        return frozenset((word, *guesses))

    def _nominatives(self, form: str) -> list[str]:
        """What the nominative of an unknown noun or name may be; a known one's forms would be known as well."""
        if "-" in form or _INDECLINABLE.search(form):
            return []
        return [guess for guess in _replaced(form) if not self._known(guess)]


def _replaced(form: str) -> Iterator[str]:
    """The form with its longest known ending replaced."""
    for length in range(_LONGEST_ENDING, 0, -1):
        stem = form[:-length]
        if len(stem) >= _SHORTEST_STEM and form[-length:] in _ENDINGS:
            yield from (stem + nominative for nominative in _ENDINGS[form[-length:]])
            return


def _written(parses: list[Parse], case: Case) -> list[Parse]:
    """Names are no small words; what can be an abbreviation is one in capitals, as «Баку» is no dative of «бак»."""
    if case is Case.SMALL:
        return _prefer(parses, lambda parse: not _is_name(parse))
    kinds = {"Abbr", "Fixd"} if case is Case.CAPITALS else {"Fixd"}
    return _prefer(parses, lambda parse: "inan" in parse.tag.grammemes and bool(kinds & parse.tag.grammemes))


def _sifted(form: str, parses: list[Parse]) -> list[Parse]:
    """Without the readings that are hardly ever meant, where others are left."""
    parses = _prefer(parses, lambda parse: not _is_marked(parse))
    parses = _prefer(parses, lambda parse: "voct" not in parse.tag.grammemes)  # «море» is not «море!» said to a «мор»
    parses = _prefer(parses, lambda parse: not _is_possessive(parse))  # «міністрів» are ministers
    kinds = {parse.tag.POS for parse in parses}
    if kinds & _FUNCTION_WORDS and form not in _NOUNS_FIRST:
        parses = [parse for parse in parses if parse.tag.POS in _FUNCTION_WORDS or parse.normal_form == form]
    if "ADVB" in kinds and form in _ADVERBS_ONLY:
        parses = _prefer(parses, lambda parse: parse.tag.POS == "ADVB")
    if "ADVB" in kinds and _COMPARATIVE.search(form):
        parses = _prefer(parses, lambda parse: parse.tag.POS != "ADJF")
    if "ADJF" in kinds and form.endswith(("ові", "еві", "єві")):  # «судові» are judicial, hardly «to the court»
        parses = _prefer(parses, lambda parse: parse.tag.POS != "NOUN" or "anim" in parse.tag.grammemes)
    return parses


def _prefer(parses: list[Parse], wanted: Callable[[Parse], bool]) -> list[Parse]:
    return [parse for parse in parses if wanted(parse)] or parses


def _is_name(parse: Parse) -> bool:
    return bool(_NAMES & parse.tag.grammemes)


def _is_marked(parse: Parse) -> bool:
    return bool(_MARKS & parse.tag.grammemes)


def _is_possessive(parse: Parse) -> bool:
    return parse.tag.POS == "ADJF" and not _ADJECTIVE.search(parse.normal_form)


def _is_form_first(word: str, own: list[Parse], parses: list[Parse]) -> bool:
    """Whether a dictionary form is as likely, or likelier, asked for as another word's form.

    «Алієва» is a woman or Aliyev's genitive; «діти» are children, hardly an infinitive; «хвилі» are a village, which a
    plural like «вибори» is not.
    """
    if all({"Surn", "femn"} <= parse.tag.grammemes and "Fixd" not in parse.tag.grammemes for parse in own):
        return True
    others = [parse.tag for parse in parses if parse.normal_form != word and not _is_name(parse)]
    if all(parse.tag.POS == "VERB" for parse in own):
        return any({"NOUN", "anim", "plur", "nomn"} <= tag.grammemes for tag in others)
    if word in _PLURALS or not all("Pltm" in parse.tag.grammemes for parse in own):
        return False
    return any({"NOUN", "plur", "nomn"} <= tag.grammemes for tag in others)


def _spare(parses: list[Parse]) -> list[Parse]:
    """Without the lemmas whose every form has another of these lemmas too.

    «стали» is «стати», not «станути»; «минулого» is «минулий», of which the noun «минуле» is but a gender.
    """
    lemmas = {parse.normal_form for parse in parses}
    stems = {parse.normal_form[:-2] for parse in parses if parse.tag.POS == "ADJF"}
    return [
        parse
        for parse in parses
        if not (parse.normal_form.endswith("нути") and f"{parse.normal_form[:-4]}ти" in lemmas)
        and not (parse.tag.POS == "NOUN" and parse.normal_form[:-1] in stems and not _is_name(parse))
    ]


def _plain(parse: Parse) -> str:
    return normalise(parse.normal_form)
