"""Russian: the dictionary's lemmas, narrowed by how a word is written; documents offer the plausible, queries choose.

A form of a text is read by pymorphy3; readings that its written case contradicts fall away, and it is offered under the
lemmas of those that are not rare. A query word looks for itself where it is a lemma, else for what it most likely is a
form of. Surnames follow rules of their own where the dictionary is silent, or knows a rare word in their place
(«Токаев» as «токай»).
"""

import re

from pymorphy3 import MorphAnalyzer
from pymorphy3.analyzer import Parse
from pymorphy3.units import DictionaryAnalyzer

from storage.language import surnames
from storage.language.parses import plausible, shares
from storage.language.tokens import Case

# Thresholds are shares of what a word may be, as the dictionary counts them; F1 on Taiga is flat around each.
# A lemma of less is noise for a word that the dictionary knows.
PLAUSIBLE = 0.1
# A capital makes up for a name's rarity: «Ангелы» are the Angel's plural, or Angela's.
CAPITAL_NAME = 0.02
# From this share on a query word is meant as the lemma that it is, and from the lower one also, if a common noun:
# «смог» asks for смочь and for смог.
OWN, RARE_OWN = 0.3, 0.01
# From this share on a plural is meant as that of its singular too: «очки», but not «часы», and not «выборы».
SINGULAR = 0.4
# Function words keep one lemma: «или» is not «ил», «уже» is not «узкий».
FUNCTION = 0.5
# What a noun («шепотом», but not «рядом») or short adjective («интересно», but not «быстро») needs beside an adverb.
NOUN_AS_ADVERB, SHORT_ADJECTIVE = 0.25, 0.15
# The same for words guessed from their ends.
GUESS = 0.05
# What a verb needs to be hardly anything else, and what nothing else may be for a nominative to be sure.
VERB, RARE = 0.9, 0.02
# Capitals up to this length are an abbreviation, though they read like a word (ПАСЕ, ОПЕК, ВОЗ). Such words of five and
# six letters occur 67 times in 2,304 articles of news, and none of them looks like one.
LONGEST_HOMOGRAPH = 4
# And up to this one when the dictionary doesn't have them (УНИАН).
LONGEST_ABBREVIATION = 6

_FUNCTION_WORDS = {"PREP", "CONJ", "PRCL", "NPRO", "INTJ", "PRED", "ADVB", "NUMR"}
_PREDICATES = {"VERB", "INFN", "PRTS", "ADJS", "PRED"}
_GENDERS = {"masc", "femn", "neut"}
_NAMES = {"Name", "Patr"}
_PROPER = _NAMES | {"Surn", "Geox"}
_ABBREVIATED = _PROPER | {"Abbr", "Orgn"}

# Instrumentals of time remain nouns («этой зимой»), though the dictionary has them as adverbs too.
_TIMES = frozenset(("зимой", "весной", "летом", "осенью", "утром", "днем", "вечером", "ночью"))
# Comparatives that are mostly those of много, мало, далеко, рано, поздно, часто, редко.
_ADVERBS = frozenset(("больше", "меньше", "дальше", "раньше", "позже", "чаще", "реже"))
# What numbers and dates are written with, as far as it is no word by itself («с», «в», «т»).
_UNITS = {
    "мг": "миллиграмм", "гр": "грамм", "кг": "килограмм", "мм": "миллиметр", "см": "сантиметр", "м": "метр",
    "км": "километр", "га": "гектар", "мл": "миллилитр", "л": "литр", "ккал": "килокалория", "сек": "секунда",
    "мин": "минута", "ч": "час", "г": "год", "гг": "год", "вв": "век", "шт": "штука", "руб": "рубль", "коп": "копейка",
    "тыс": "тысяча", "млн": "миллион", "млрд": "миллиард", "трлн": "триллион", "пн": "понедельник", "вт": "вторник",
    "чт": "четверг", "пт": "пятница", "сб": "суббота", "вс": "воскресенье",
}  # fmt: skip

_NUMBERED = re.compile(r"(.*[а-я])(-\d+)")
_ADJECTIVE_ENDING = re.compile(r"(?:[оеыи]й|[оеыи]м|[ое]го|[ое]му|[ыи]ми|[ыи]х|ая|яя|[оеыи]е|[ую]ю|[ое]ю)$")


class Russian:
    """Analyser of Russian; the dictionary takes about 22 MB and loads in 0.05 s."""

    def __init__(self) -> None:
        self._morph = MorphAnalyzer(lang="ru")

    def document(self, form: str, case: Case) -> tuple[str, ...]:
        if numbered := _NUMBERED.fullmatch(form):  # «Потоку-2»
            return tuple(lemma + numbered[2] for lemma in self.document(numbered[1], case))
        return tuple(sorted(self._offered(form, case) - {form}))

    def query(self, word: str) -> frozenset[str]:
        if numbered := _NUMBERED.fullmatch(word):
            return frozenset(lemma + numbered[2] for lemma in self.query(numbered[1]))
        parses = self._morph.parse(word)
        chosen = self._chosen(word, parses) if _is_known(parses) else _guessed(word, parses)
        return frozenset(chosen if self._finds(chosen, word) else chosen | {word})

    def knows(self, word: str) -> bool:
        """Whether the dictionary has it; a surname by rule alone may as well be of the neighbours' languages."""
        return bool(self._morph.word_is_known(word))

    def abbreviates(self, word: str) -> bool:
        """Whether it is, in capitals, an abbreviation that would be taken for a form of another word."""
        parses = self._morph.parse(word)
        if len(word) > LONGEST_HOMOGRAPH or not _is_known(parses) or parses[0].tag.POS in _FUNCTION_WORDS:
            return False
        kinds = [
            parse.tag.grammemes for parse in parses if _lemma(parse) == word or not parse.tag.grammemes & _ABBREVIATED
        ]
        is_short = any(kind >= {"NOUN", "Abbr"} for kind in kinds)
        return is_short and any(not kind & _ABBREVIATED for kind in kinds) and not any("Geox" in kind for kind in kinds)

    def is_predicate(self, word: str) -> bool:
        """Whether it may be what a sentence says of its subject: a verb, a short form, a word like «нельзя»."""
        parses = self._morph.parse(word)
        return bool(sum(parse.score for parse in parses if parse.tag.POS in _PREDICATES) >= PLAUSIBLE)

    def finite(self, word: str) -> frozenset[str]:
        """The numbers and genders of which a verb in the past, present or future tells; none if it is hardly one."""
        parses = self._morph.parse(word)
        told = [parse for parse in parses if parse.tag.POS == "VERB" and "impr" not in parse.tag.grammemes]
        return frozenset(kind for parse in told for kind in _kinds(parse)) if _total(told) >= VERB else frozenset()

    def subject(self, word: str) -> frozenset[str]:
        """The numbers and genders of a nominative; none if it may be anything else, or a name."""
        parses = [parse for parse in self._morph.parse(word) if parse.score >= RARE]
        if any(parse.tag.grammemes & _ABBREVIATED or not _is_nominative(parse) for parse in parses):
            return frozenset()
        return frozenset(kind for parse in parses for kind in _kinds(parse))

    def _offered(self, form: str, case: Case) -> set[str]:
        parses = self._morph.parse(form)
        known = _is_known(parses)
        if case is Case.CAPITALS and len(form) <= LONGEST_HOMOGRAPH:
            return plausible(
                (parse for parse in parses if known and parse.tag.grammemes & _ABBREVIATED), _lemma, PLAUSIBLE
            )
        if not known:
            return _supposed(form, case, parses) | _unit(form, case)
        if case is not Case.SMALL and self._mistakes_surname(form, parses):
            return set()
        return _known(form, case, parses) | _unit(form, case)

    def _chosen(self, word: str, parses: list[Parse]) -> set[str]:
        if self._mistakes_surname(word, parses):
            # In -аев and -иев Turkic surnames outnumber the nouns in -й; other rare nouns may well be meant.
            is_surname = "Name" in parses[0].tag.grammemes or parses[0].normal_form.endswith("й")
            return {word} if is_surname else {word, _lemma(parses[0])}
        parses = _places_first(_without_adverbs_of_time(word, _without_plural_names(parses)))
        if shares(parses, _meant)[word] >= OWN:
            # A noun that is its own lemma is meant alone; but «случаем» is an adverb and of an occasion, «коты» are
            # felt boots and cats.
            own = [parse for parse in parses if _meant(parse) == word]
            is_function = all(parse.tag.POS in _FUNCTION_WORDS for parse in own)
            is_plural = all("Pltm" in parse.tag.grammemes for parse in own)
            least = PLAUSIBLE if is_function else SINGULAR if is_plural else 1.1
            return {word} | plausible(filter(_is_noun, parses), _lemma, least)
        itself = plausible(filter(_is_common_nominative, parses), _lemma, RARE_OWN) & {word}
        return itself | plausible(parses, _asked, PLAUSIBLE)

    def _finds(self, chosen: set[str], word: str) -> bool:
        """Whether these terms find the very word, with a small letter or with a capital."""
        return word in chosen or any(chosen & self._offered(word, case) for case in (Case.SMALL, Case.CAPITAL))

    def _mistakes_surname(self, form: str, parses: list[Parse]) -> bool:
        """Whether a man's surname is read as the genitive plural of a name, or of a noun too rare for any corpus."""
        if not surnames.is_possessive(form) or not all(_is_genitive_plural(parse) for parse in parses):
            return False
        return "Name" in parses[0].tag.grammemes or not (surnames.may_be_coined(form) or self._is_attested(parses[0]))

    def _is_attested(self, parse: Parse) -> bool:
        """Whether OpenCorpora has a form of the word: the dictionary's probabilities are counts from there."""
        probability = self._morph.prob_estimator.p_t_given_w.prob
        return any(probability(_plain(form.word), form.tag) for form in parse.lexeme)


def _known(form: str, case: Case, parses: list[Parse]) -> set[str]:
    if form in _ADVERBS:
        return set()
    if len(parses) == 1:  # as every other word, with nothing to choose from
        return {_lemma(parses[0])} if parses[0].tag.POS in _FUNCTION_WORDS else _with_own_nominatives(parses)
    parses = _without_adverbs_of_time(form, _as_written(parses, case))
    function = [parse for parse in parses if parse.tag.POS in _FUNCTION_WORDS]
    total = _total(parses)
    if _total(function) >= FUNCTION * total or any(parse.tag.POS == "NPRO" for parse in function):
        return {_lemma(function[0])} | _beside_function_word(parses, total)
    offered = plausible(parses, _lemma, PLAUSIBLE * total) | {_lemma(parses[0])}
    if case is not Case.SMALL:
        offered |= plausible((parse for parse in parses if parse.tag.grammemes & _PROPER), _lemma, CAPITAL_NAME * total)
    return offered | _with_own_nominatives([parse for parse in parses if _lemma(parse) in offered])


def _with_own_nominatives(parses: list[Parse]) -> set[str]:
    """Their lemmas, those of participles as such, and a woman's surname as she bears it."""
    found = set(map(_lemma, parses))
    found.update(map(_participle, parses))
    found.update(hers for parse in parses if (hers := _hers(parse)))
    return found


def _beside_function_word(parses: list[Parse], total: float) -> set[str]:
    """«Шепотом» may be a noun, «интересно» an adjective; «чем» and the particle «просто» are nothing else."""
    if parses[0].tag.POS == "PRCL" or any(parse.tag.POS == "NPRO" for parse in parses):
        return set()
    short = plausible((parse for parse in parses if parse.tag.POS == "ADJS"), _lemma, SHORT_ADJECTIVE * total)
    if not any(parse.tag.POS == "ADVB" for parse in parses):
        return short
    return short | plausible(filter(_is_noun, parses), _lemma, NOUN_AS_ADVERB * total)


def _supposed(form: str, case: Case, parses: list[Parse]) -> set[str]:
    """The lemmas of a word that the dictionary hasn't."""
    if surnames.is_indeclinable(form):
        return set()
    by_rule = set(surnames.lemmas(form))
    if case is Case.SMALL:
        return by_rule | _guesses(parses)
    # What dwellers are called («пашинянин») isn't capitalised.
    if surnames.is_armenian(form) or (case is Case.CAPITALS and len(form) <= LONGEST_ABBREVIATION):
        return by_rule
    return _guesses(parses) | (by_rule or set(surnames.foreign_lemmas(form)) or set(surnames.short_lemmas(form)))


def _guesses(parses: list[Parse]) -> set[str]:
    parses = _without_plural_names(parses)
    return plausible(parses, _lemma, GUESS) | {_lemma(parses[0])}


def _guessed(word: str, parses: list[Parse]) -> set[str]:
    """What a query word looks for that the dictionary hasn't."""
    if len(word) <= LONGEST_HOMOGRAPH:
        return {word, *surnames.short_lemmas(word)}
    if (by_rule := surnames.lemmas(word)) and not surnames.may_be_coined(word):
        # «Токаева» is his or hers; other forms are more often his.
        return set(by_rule) if word.endswith("а") else {by_rule[0]}
    guesses = shares(_without_plural_names([p for p in parses if _is_nominal(p)] or parses), _meant)
    # «Квиллинга» is like «стола» or like «рука», and so it is with most words in -а.
    if guesses[word] >= OWN and not word.endswith(("а", "я")):
        return {word}
    likely = {lemma for lemma, share in guesses.items() if share >= OWN} or {word, guesses.most_common(1)[0][0]}
    # A short one may be an abbreviation after all, and «Ниневия» is no genitive.
    is_itself = len(word) <= LONGEST_ABBREVIATION or word.endswith("ия") or guesses[word] >= PLAUSIBLE
    return likely | {word} if is_itself else likely


def _is_known(parses: list[Parse]) -> bool:
    """Whether the parses are the dictionary's, and not guessed from prefixes and ends; saves another look-up."""
    methods = parses[0].methods_stack
    return len(methods) == 1 and isinstance(methods[0][0], DictionaryAnalyzer)


def _as_written(parses: list[Parse], case: Case) -> list[Parse]:
    """The readings that the written case allows; a capital may also begin a sentence."""
    if case is Case.SMALL:
        parses = [parse for parse in parses if not parse.tag.grammemes & _ABBREVIATED] or parses
    elif any(_is_surname_or_place(parse) for parse in parses):
        # «Казаков» with a capital is the man, not the men.
        parses = [parse for parse in parses if not _is_genitive_plural(parse)]
    return _without_plural_names(parses)


def _without_plural_names(parses: list[Parse]) -> list[Parse]:
    """«Алиев» is rarely the genitive of many an Алий."""
    return [parse for parse in parses if not ("plur" in parse.tag.grammemes and parse.tag.grammemes & _NAMES)] or parses


def _places_first(parses: list[Parse]) -> list[Parse]:
    """«В Астане» is the city, and hardly an Астан."""
    is_place = _total([parse for parse in parses if "Geox" in parse.tag.grammemes]) >= OWN
    return [parse for parse in parses if not (is_place and parse.tag.grammemes & _NAMES)]


def _without_adverbs_of_time(form: str, parses: list[Parse]) -> list[Parse]:
    return [parse for parse in parses if parse.tag.POS != "ADVB"] if form in _TIMES else parses


def _is_genitive_plural(parse: Parse) -> bool:
    return parse.tag.POS == "NOUN" and "plur" in parse.tag.grammemes and parse.tag.case in {"gent", "accs"}


def _is_surname_or_place(parse: Parse) -> bool:
    marks = parse.tag.grammemes
    return marks >= {"sing", "nomn"} and bool(marks & {"Surn", "Geox"}) and surnames.is_possessive(_plain(parse.word))


def _is_common_nominative(parse: Parse) -> bool:
    return parse.tag.POS == "NOUN" and "nomn" in parse.tag.grammemes and not parse.tag.grammemes & _ABBREVIATED


def _is_nominative(parse: Parse) -> bool:
    """Whether it looks like one: inanimate nouns are the same in the accusative."""
    return parse.tag.POS in {"NOUN", "ADJF", "PRTF"} and parse.tag.case in {"nomn", "accs"}


def _kinds(parse: Parse) -> set[str]:
    """What a subject and its verb agree in: the plural, or a gender; of the present, any gender."""
    if parse.tag.number == "plur":
        return {"plur"}
    return {parse.tag.gender} if parse.tag.gender else set(_GENDERS)


def _is_noun(parse: Parse) -> bool:
    return bool(parse.tag.POS == "NOUN")


def _is_nominal(parse: Parse) -> bool:
    return parse.tag.POS in {"NOUN", "ADJF", "PRTF"} and "Fixd" not in parse.tag.grammemes


def _unit(form: str, case: Case) -> set[str]:
    return {_UNITS[form]} if case is Case.SMALL and form in _UNITS else set()


def _lemma(parse: Parse) -> str:
    """The dictionary's, but superlatives keep to themselves: «хороший» doesn't ask for «лучший»."""
    if "Supr" in parse.tag.grammemes:
        return _ADJECTIVE_ENDING.sub("ий", _plain(parse.word))
    return _plain(parse.normal_form)


def _meant(parse: Parse) -> str:
    """Who asks for «задержанных» means them, and not all that was ever detained; texts offer both."""
    return _participle(parse) if parse.tag.POS == "PRTF" else _lemma(parse)


def _asked(parse: Parse) -> str:
    """Who asks for «алиевой» means her; «алиеву» is more often his."""
    return ("accs" not in parse.tag.grammemes and _hers(parse)) or _meant(parse)


def _participle(parse: Parse) -> str:
    """Its own nominative: «задержанных», «задержаны» → задержанный. The lemma for other parts of speech."""
    if parse.tag.POS not in {"PRTF", "PRTS"}:
        return _lemma(parse)
    word = _plain(parse.word)
    if parse.tag.POS == "PRTS":
        stem = word if "masc" in parse.tag.grammemes else word[:-1]
        return stem + ("ный" if stem.endswith("н") else "ый")
    bare = word.removesuffix("ся")
    stem = _ADJECTIVE_ENDING.sub("", bare)
    return stem + ("ий" if stem.endswith(("щ", "ш")) else "ый") + word[len(bare) :]


def _hers(parse: Parse) -> str | None:
    """A woman's surname as she bears it, where the dictionary's lemma is his."""
    return surnames.hers(_plain(parse.normal_form)) if parse.tag.grammemes >= {"Surn", "femn"} else None


def _total(parses: list[Parse]) -> float:
    return float(sum(parse.score for parse in parses))


def _plain(word: str) -> str:
    """What normalisation comes to for the dictionary's words."""
    return word.replace("ё", "е")
