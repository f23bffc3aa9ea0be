"""Azerbaijani words that rules of suffixes can't tell: closed classes, and lemmas that look like forms of others."""

# The only stems of two letters; any other two are what is left of a word cut too far.
_SHORT = """
    ad ağ ac ay at az an ar el ev et əl ət ər il iş iz iç ip od ox ot ov oy öd ön öz uc un us üz su
    """

# Words that lose their last vowel before another: ağız, ağz-ı.
_ELIDING = """
    ağız ağıl alın bağır beyin boyun burun böyür çiyin qarın qoyun oğul ovuc könül ömür fikir zikir şükür isim cisim
    qisim nəsil əsil şəkil sinif sətir qəbir səbir zehin eyib sehir mehir ətir izin üzür xeyir meyil fəsil əqil nəqil
    əyin qayın nəzir kəsir rəhim təbil
    """

# Offered under no lemma: what they share with nouns («on», «il», «haqq») is chance, or long forgotten.
_FUNCTION = """
    mən mənim mənə məni məndə məndən sən sənin sənə səni səndə səndən o onun ona onu onda ondan onunla biz bizim bizə
    bizi bizdə bizdən siz sizin sizə sizi sizdə sizdən onlar onların onlara onları onlarda onlardan onlarla bu bunun
    buna bunu bunda bundan bununla bunlar bunların bunlara bunları bunlarda bunlardan bunlarla özü özünün özünə özünü
    özündə özündən nə kim hansı neçə bəzi bütün eyni həmin hər hərə heç hamı biri belə elə
    bura buraya burada buradan ora oraya orada oradan hara haraya harada haradan indi hələ artıq bəzən yenə yenidən
    birdən sonra əvvəl daha çox
    ilə üçün kimi qədər görə üzrə haqqında barədə tərəfindən vasitəsilə boyunca və ya da də ki isə idi imiş ikən amma
    lakin ancaq çünki əgər yəni hətta həm həmçinin yalnız ən lap niyə necə bəli xeyr yox var deyil
    """

# Lemmas that look like forms of words: «adam» is not «my island», nor «gecə» «to the late one», nor «dollar» fillings.
_WHOLE = """
    ana ata ada ara ağa ala uca ova ota əla bala boya dana doğa dövrə dəqiqə gecə hissə xala xana kasa qala
    qara qaya mina sima şirə təkə yara zirə buğa baba sara para güllə xəzinə
    altı acı arı yarı sarı qatı quru dolu diri iri ölü yazı xalı kişi qapı
    hərbi tibbi fiziki texniki xarici daxili rəsmi ədəbi mədəni milli ciddi
    adam üzüm dilim yarım ölüm xanım qanun odun boyun şirin zəngin dərin yaxın
    kanada uqanda ruanda irlanda hollanda komanda propaqanda meydan bədən iordan vicdan dollar bahadır nadir
    çadır insan türkiyə dünya
    """

# Names that look like forms of words, and are those when written small: Əli and «his hand», Sudan and «from water».
NAMES = frozenset({"əli", "gəncə", "kuba", "qana", "roma", "sona", "sudan"})

SHORT, FUNCTION, WHOLE = (frozenset(words.split()) for words in (_SHORT, _FUNCTION, _WHOLE))
# What a changed word looks like before a vowel, and the word.
CHANGED = {word[:-2] + word[-1]: word for word in _ELIDING.split()} | {"suy": "su"}
