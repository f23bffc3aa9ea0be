"""What a word says of the language that it is in: letters, clusters, endings, and words that are in every text.

Orthography and grammar, weighed by hand. Neighbours of the five languages go by one name; whatever has none of the
letters of the five is theirs too.
"""

import re
from collections.abc import Mapping, Sequence

from storage.language.function_words import FUNCTION_WORDS

# Kazakh in Latin letters has signs of its own; a neighbour is any language but the five.
KAZAKH_LATIN, NEIGHBOUR = "kk-Latn", "neighbour"

OWN, PROOF, STRONG, SIGN, LEANING, HINT, TRACE = 3.0, 2.0, 1.8, 1.0, 0.7, 0.4, 0.15

Signs = Sequence[tuple[float, re.Pattern[str]]]

# In no closed class, but in every text.
_COMMON = {
    "ru": "года году лет время может могут можно нужно должен сообщил заявил сказал рассказал стал более новый один "
    "два три первый раз очень теперь сегодня вчера завтра",
    "uk": "року роки років час може можуть можна треба має мають заявив сказав розповів став більше новий один два три "
    "перший другий другого дуже тепер сьогодні завтра вчора завтра раніше буває ніж",
    "kk": "бір екі үш бірінші жаңа жыл жылы айтты қазір кезінде кезде көп бүгін ертең кеше керек мүмкін алды берді "
    "келді отыр жатыр тағы өте басқа болатын он алты жеті жиырма отыз алпыс сексен жүз мың адам адамдар ел елдің су "
    "алу ала алып алдын алдында айту айта барып басты беру кету келіп жалпы мысалы негізінен саны қазақ қазақстан",
    "en": "year years time new said says say first one two three people after last world day week news make makes made "
    "get gets back best top now son",
    "az": "bir iki üç yeni il ildə deyib bildirib qeyd baş çox bilər ola lazım saat gün insan zaman böyük gələn son "
    "ilk digər etmək istifadə olunur azərbaycan dedi deyir arasında üzərində altında içində ilin ili ildən dünya "
    "dünyada olduğu olduğunu şəhər ölkə müxtəlif yer hava",
}
_NEIGHBOURS = """
    гэта што ад якія каб але таксама была былі яго яны гэтага можа альбо калі толькі вельмі гэты
    е се че са със във при ще беше това което която няма има бъде само моля трябва този тази повече един една най
    је су који која које није био од као али бити може мора овај ово нема ће све
    во ќе сè тоа оваа може
    болду болуп койду берди келди бир эки эле боюнча тууралуу кандай
    жана менен үчүн бул болгон эмес экен деген дагы кийин ошол анын алар же эле жок жаңы бүгүн
    бу бер буенча кеше яңа итте булды
    һәм белән өчен булган дип түгел тел иде аның
    ва билан учун бу ҳам эмас ёки деб бугун янги аз дар бо барои ин аст ки
    энэ нь байна юм болон нэг уу руу
    ve bir bu için ile çok olarak gibi daha kadar değil olan veya her lütfen ne sonra olduğu da de o var yok ya en
    ki iki üç yeni son saat göre ancak tarafından hakkında üzerinde arasında kendi yıl gün büyük şu bunu bunun onun
    bugün cumhurbaşkanı oldu dedi etti ise hem diye bile böyle tüm biri olmak eden hiç diğer aynı bazı nasıl neden
    çünkü ama fakat eğer kişi ülke haber başkan başkanı bakanı ediyor edilen altında içinde dünya dünyada hava yer
    burada
    hech qanday ushbu yangi mumkin bo'yicha
    va bilan uchun ham emas yoki deb bo'lgan kerak
    der die das und ist nicht ein eine einen mit den dem von zu auf für sich auch sie werden bei nach im des kann
    het een van niet voor dat zijn worden met deze aan geen te kan dit
    le la les et est un une du des dans que qui pour pas sur au ce cette par avec ne sont il elle vous
    el los las y es en una con del se por para como más este esta su al lo son
    di che non per della il gli sono è alla nel come più questo
    um uma não do da em os as dos na ao mais são com
    nie się jest że jak przez dla w z na i po od
    je se v na že pro ve by jsou si koji nije ili nebo
    și să nu este cu din care sau pe
    och att det som är på av för med till en
    yang dan ini itu untuk dengan tidak dari adalah pada di
    ja on ei että tai ovat egy és hogy nem
"""

_LATIN_OF_2018 = str.maketrans(
    dict(zip("аәбвгғдежзийкқлмнңоөпрстуұфхһүыі", "aábvgǵdejzııkqlmnńoóprstýufhhúyi", strict=True))
    | {"ш": "sh", "я": "ıa"}
)
_LATIN_OF_2021 = str.maketrans(
    dict(zip("аәбвгғдежзийкқлмнңоөпрстуұфхһүыші", "aäbvgğdejziikqlmnñoöprstuūfhhüyşı", strict=True)) | {"я": "ia"}
)
# Azerbaijani as people type it.
_TYPED = str.maketrans("əğışçöü", "egiscou")


def _words() -> Mapping[str, frozenset[str]]:
    own = {language: words | frozenset(_COMMON[language].split()) for language, words in FUNCTION_WORDS.items()}
    latin = {word.translate(table) for word in own["kk"] if len(word) > 2 for table in (_LATIN_OF_2018, _LATIN_OF_2021)}
    own["az"] |= {word.translate(_TYPED) for word in own["az"] if len(word) > 2} - own["en"]
    return own | {KAZAKH_LATIN: frozenset(latin), NEIGHBOUR: frozenset(_NEIGHBOURS.split())}


WORDS = _words()
"""By language: words that are in every text."""

IMPOSSIBLE: Mapping[str, re.Pattern[str]] = {
    "ru": re.compile(r"[^а-яё']"),
    "uk": re.compile(r"[^а-щьюяіїєґ']"),
    "kk": re.compile(r"[^а-яёәғқңөұүһі-]"),
    "en": re.compile(r"[^a-z']"),
    "az": re.compile(r"[^a-zəğışçöü\u0307-]|w"),
    KAZAKH_LATIN: re.compile(r"[^a-záǵıńóúýäğñŋöşūü\u0307]|[wx]|c(?!h)"),
    NEIGHBOUR: re.compile(r"^-"),
}
"""By language: what no word of it has."""

ATTACHED = (
    "c[ıiuü]|n?[ıiuü]n|d[aə]n?|l[aə]r|[ns][ıiuü]|[yn]?[aə]|"
    "ш[іы]|[дтн][ае]н|д[ае]|[гк]е|[ғқ]а|[ндт][іы]ң|[ндт][іы]|с[іы]|[ыі]н?"
)
"""The endings that follow a figure or an abbreviation behind a hyphen in Azerbaijani and in Kazakh alone."""

UNLIKE_KAZAKH = re.compile(r"[вфцщьъёэч]|^[бвгджзклмнпрстш]{2}|[аоы][кг]|[кг][аоы]")
"""What no Kazakh stem has: foreign letters, a cluster at the beginning, к and г beside vowels of the back."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_RUSSIAN: Signs = (
    (SIGN, _any(r"[ыэё]|ъ[еюя]", r"(?:[ауя]я|[ую]ю|[оеи]е|[еи]го|ой|и[яию]|ие[мй]|и[яе]м|иях|[тл]ся)$")),
    (SIGN, _any(r"тель[нс]", r"[ую]щ[аеиу]", r"вши", r"(?<![стзд])ск[аоиу][йягемх]")),
    (HINT, _any(r"[аеияую]т$", r"ей$", r"ени", r"ость", r"[гкхжчшщн]ий$")),
)
_UKRAINIAN: Signs = (
    (PROOF, _any(r"[їєґ]", r"'[яюєї]", r"[сзц]ьк", r"і.*[вфцщьхаояю]|[вфцщьхаояю].*і")),
    (
        SIGN,
        _any(r"і", r"([нтлдсзчжш])\1[яю]м?$", r"ьо", r"ець", r"(?:ою|[ую]вати|[аи]ти|[лв]ася|[лт]ися|лося)$"),
    ),
    (SIGN, _any(r"[бвдзмпрст]и[йх]$", r"[жчшщ]ого$", r"(?<!н)уть$", r"ють$", r"[аи]вся$", r"[аи]ться$", r"^з[бмпг]")),
    (HINT, _any(r"(?:[нл]и[йх]|[аиуюя]в|ть|[бвдзмнпрстф]и|ими)$")),
)
# Vowels of the front with vowels of the front, «ы» after any letter.
_KAZAKH: Signs = (
    (PROOF, _any(r"^-", r"[ғқұәөүңһ]", r"[аеиоуюяйжш]ы", r"ын(?:да|ан|ың)", r"(?<!с)ына$", r"ымен$", r"ылар")),
    (PROOF, _any(r"[ыуюяаио]сын", r"[лдт]ерін", r"[еі][лнмйзр]ді")),
    (
        SIGN,
        _any(r"[кгх]ы", r"уы", r"[тдл]ері", r"ін[еді]", r"[тдл]ік", r"[дтл]і[кң]", r"[йа]д[ыі]$", r"м[ыі]з$"),
    ),
    (SIGN, _any(r"[аяио]сы$", r"[лдт]ары")),
    (SIGN, _any(r"^[бгджзйклмнпрстчшуе]*[еіөү][бгджзйклмнпрстчш]+і[бгджзйклмнпрстчшуіе]*$")),
    (SIGN, _any(r"^[бгджзйклмнпрстчш]*і[бгджзйклмнпрстчш]+е[бгджзйклмнпрстчш]*$")),
    (HINT, _any(r"[ыі]", r"(?:[лдт][ае]р|[дт][ае]|[дт][ае]н|ан|[ые]п|[мб]ен)$")),
)
_ENGLISH: Signs = (
    (SIGN, _any(r"th", r"wh", r"ck", r"ght", r"n't$", r"(?:'s|ing|tion|ly|ed|ness|ful|ers)$")),
    (HINT, _any(r"sh", r"ee", r"oo", r"ea", r"ou", r"[aeo]w", r"ph", r"w", r"[^aeiou]y$", r"[^aeiouzy]s$")),
)
# The last two lines: typed without its own letters.
_AZERBAIJANI: Signs = (
    (PROOF, _any(r"^-")),
    (PROOF, _any(r"ə", r"(?=.*[ğışçöü]).*x", r"(?=.*ç).*q")),
    (LEANING, _any(r"[ğışçöü]", r"x")),
    (
        SIGN,
        _any(r"q(?!u)", r"(?:[ln][ae]ri|[ln][ae]rin|l[ae]rind[ae]|sind[ae]|m[ae]q|l[iu]q|[ae]caq|inin|ilib|nub|edib)$"),
    ),
    (HINT, _any(r"(?:l[ae]r|l[ae]rd[ae]|l[ae]rd[ae]n|d[ae]n|d[iu]r|li|lik|iya)$")),
)
# «y» is a vowel of the back there, «ı» of 2021 one of the front, «ı» of 2018 both и and й.
_KAZAKH_IN_LATIN: Signs = (
    (PROOF, _any(r"[ǵŋūñ]", r"qy|[ğş]y|y[ğşń]", r"ıa|ıý", r"[eäöü][^aouyeiıäöü]+ı(?!a)", r"ı[^aouyeiıäöü]+e")),
    (PROOF, _any(r"(?=.*[ğşäöüıqńáóú]).*[bdfgjklmnpqrstvzşğ]y(?![aeıioöuü])")),
    (SIGN, _any(r"[ńáóúýä]", r"(?=.*[ğşöüıq]).*[aeou]i", r"[^aeiou]y(?:ń|n)?(?:dy|ty|lyq|tyq|nda|ndağy|men|p)$")),
    (LEANING, _any(r"[öüşğı]", r"q(?!u)", r"[bdfjklmnpqrstvz]y[bdfgjklmnpqrstvzş]")),
    (HINT, _any(r"(?:[ldt]ar(?:y|da|dan)|[ldt]y)$", r"j[ay]")),
)
# Any letter foreign to the five. Kazakh has «ө» and «ү» in the first syllable alone, «ә» seldom elsewhere, and neither
# «ч», «х», «в» beside them; Kyrgyz and Mongolian have long vowels, Bulgarian ъ, Belarusian «чы», дз and ць. Turkish has
# «ğ» beside vowels of the front, «e» late in the word, -mek, -lık, -yor; French and Italian have articles.
_OF_NEIGHBOURS: Signs = (
    (
        OWN,
        _any(
            r"[^'a-zəğışçöüáǵńóúýäñŋūа-яёіїєґәғқңөұүһ\u0307]",
            r"ээ|өө|үү",
            r"^[^іұқғ]*[аеиоуүөәы][^аеиоуүөәыіұқғ]+ә[^іұқғ]*$",
        ),
    ),
    (OWN, _any(r"^[^іұқғ]*[өүэеи][^аеиоуүөәыэіұқғ]+[өү](?!л)[^іұқғ]*$", r"^(?=.*[әөү])[^іұқғ]*[чв][^іұқғ]*$")),
    (OWN, _any(r"ъ(?:[^еёюя]|$)", r"дз[еі]", r"[іуюы]ць|сць", r"цц[яеёюі]|шч|чы", r"[og]'[a-z]{2}")),
    (OWN, _any(r"[ıuüi]yor", r"^[^əqx]*(?:[eöü]ğ|ğ[eöü])")),
    (SIGN, _any(r"^(?!.*[əqx])(?=.*[ğışçöü]).*[aeıioöuü][^aeıioöuü]+e[^aeıioöuü]*(?:[iı][^aeıioöuü]*)?$")),
    (SIGN, _any(r"(?:m[ae]k|l[ıu]k|[dt][ıu]k|[aıou][bcçdfgğhjklmnprsştvyz]+[aıou]k|acak|ecek|arak|erek)$", r"аа|уу")),
    (SIGN, _any(r"ık", r"[tpş]t[ıiuü]$")),
    (PROOF, _any(r"ы.*і|і.*ы")),
    (STRONG, _any(r"^[^іұ]*[әөүңһ][^іұ]*$")),
    (LEANING, _any(r"[áéíóúýäñńğışçöü]", r"^(?:l|d|n|qu|s|c|j|dell|un)'", r"оо$|aa|ää|yy|uu|ij")),
    (HINT, _any(r"sch", r"cz", r"rz", r"zione", r"(?:mente|ung|keit)$")),
)
SIGNS: Mapping[str, Signs] = {
    "ru": _RUSSIAN,
    "uk": _UKRAINIAN,
    "kk": _KAZAKH,
    "en": _ENGLISH,
    "az": _AZERBAIJANI,
    KAZAKH_LATIN: _KAZAKH_IN_LATIN,
    NEIGHBOUR: _OF_NEIGHBOURS,
}
"""By language: what its words have and the others' have not, or seldom, and how much that weighs."""
