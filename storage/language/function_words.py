"""Function words of the five languages: what a text is full of and no reader looks for.

Closed classes alone: prepositions and postpositions, conjunctions, particles, pronouns in all their forms with the
adverbs made of them (where, then), auxiliaries. No numerals, and no common verbs, nouns or adjectives.
"""

from collections.abc import Mapping

_RUSSIAN = """
    без безо благодаря в вдоль вместо вне внутри во возле вокруг вопреки для до за из из-за из-под изо к ко кроме
    между мимо на над о об обо около от ото перед передо по под подо помимо после при про против ради с сквозь со
    согласно среди у через
    а будто ведь да даже если же ж и ибо или именно как либо ли лишь ль не нет неужели ни но однако пока поскольку
    поэтому потому причем пускай пусть разве словно также тоже только хотя что чтоб чтобы бы б вот еще зато уж уже
    я меня мне мной мною мы нас нам нами ты тебя тебе тобой тобою вы вас вам вами
    он она оно они его него ему нему им ним нем ее нее ей ней ею нею их них ими ними себя себе собой собою
    мой моя мое мои моего моей моему моим моем моих моими мою твой твоя твое твои твоего твоей твоих
    наш наша наше наши нашего нашей нашему нашим нашем наших нашими нашу
    ваш ваша ваше ваши вашего вашей вашему вашим вашем ваших вашими вашу
    свой своя свое свои своего своей своему своим своем своих своими свою
    этот эта это эти этого этой этому этим этом этих этими эту
    тот та то те того той тому тем том тех теми ту такой такая такое такие такого таком таких такую
    кто кого кому кем ком что чего чему чем чей чья чье чьи
    какой какая какое какие какого каком каких какую
    который которая которое которые которого которой которому которым котором которых которыми которую
    весь вся все всего всей всему всем всех всеми всю сам сама само сами самого самой самому самим самих
    самый самая самое самые самых каждый каждая каждое каждого каждой каждому каждым каждом каждую
    любой любая любое любые любого любых некоторый некоторые некоторых другой другая другое другие другого других
    никто никого никому никем ничто ничего ничему ничем никакой некто нечто
    кто-то что-то какой-то кто-нибудь что-нибудь кто-либо что-либо где-то когда-то
    где здесь там тут туда сюда куда откуда когда тогда так почему зачем сколько столько
    быть есть был была было были буду будем будет будете будут будучи
"""
_UKRAINIAN = """
    без біля в від для до за заради замість з зі із крім між на навколо над о об окрім перед під після по поза
    понад попри при про проти ради серед у через щодо
    а або аби адже але бо би б й же ж і коли лише мов навіть не немає нехай ні однак отже ось от проте саме
    та таки також тільки теж то тож тому хоч хоча чи що щоб як якби якщо бодай вже ще
    я мене мені мною ми нас нам нами ти тебе тобі тобою ви вас вам вами
    він вона воно вони його нього йому ньому ним нім її неї їй ній нею їх них їм ними себе собі собою
    мій моя моє мої мого моєї моєму моїм моїх мою твій твоя твоє твої
    наш наша наше наші нашого нашої нашому нашим наших нашими нашу
    ваш ваша ваше ваші вашого вашої вашому вашим ваших вашими вашу
    свій своя своє свої свого своєї своєму своїм своїй своїх своїми свою їхній їхня їхнє їхні їхнього їхніх
    цей ця це ці цього цієї цьому цій цим цих цими цю цією
    той те ті того тієї тій тим тих тими ту тією такий така таке такі такого такої такому таких таку
    хто кого кому ким чого чому чим чий чия чиє чиї
    який яка яке які якого якої якому якій яким яких якими якою яку
    весь вся все всі всього всієї всьому всій всім всіх всіма всю увесь усе усі усіх усім усього
    сам сама само самі самого самої ніхто нікого нікому ніщо нічого
    кожен кожна кожне кожного кожної кожному кожним кожну
    інший інша інше інші іншого інших хтось когось комусь щось чогось якийсь якась якісь
    де тут там туди сюди куди звідки тоді так навіщо скільки стільки
    бути є був була було були буду будемо буде будете будуть будучи
"""
_ENGLISH = """
    a an the
    about above across after against along amid among amongst around as at before behind below beneath beside besides
    between beyond by despite during except for from in into of off on onto out over per since through throughout till
    to toward towards under until up upon via with within without
    although and because both but either even if neither nor not or so than that though thus unless whereas
    whether while yet also just only too very
    i me my myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
    it its itself they them their theirs themselves
    this these those such all another any each every few many more most much no none other others own same several some
    anyone anything everyone everything nobody nothing someone something
    who whom whose which what whatever whoever when whenever where wherever why how here there then
    am is are was were be been being have has had having do does did doing
    can could may might must shall should will would cannot
    aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't shouldn't wasn't weren't won't wouldn't
    he'll he's i'd i'll i'm i've it's she's that's there's they'll they're they've we'll we're we've what's who's
    you'll you're you've
"""
_KAZAKH = """
    үшін туралы бойынша арқылы сияқты секілді дейін шейін кейін бері бұрын соң қарай қарсы жайлы жөнінде жайында
    ретінде сайын бірге
    және мен бен пен да де та те немесе не әлде я яки бірақ алайда дегенмен ал егер өйткені себебі сондықтан сонда
    сондай-ақ тек ғана ғой ма ме ба бе па пе ше тіпті әрі иә жоқ ең әлі енді
    менің маған мені менде менен біз біздің бізге бізді бізде бізден
    сен сенің саған сені сенде сенен сіз сіздің сізге сізді сізден сендер сіздер
    ол оның оған оны онда одан онымен олар олардың оларға оларды оларда олардан олармен
    бұл бұның бұған бұны бұдан бұлар осы осының осыған осыны осында осыдан осылай осылайша осындай мұнда
    сол соның соған соны содан солай солайша сондай мына мынау мынадай анау
    өз өзі өзім өзің өзіңіз өзінің өзіне өзін өзінде өзінен өздері өздерінің
    барлық барлығы бүкіл бәрі әр әрбір кейбір ешкім ештеңе ешқандай әлдебір біреу
    кім кімнің кімге кімді кімнен неге нені неден қай қайсы қандай қайда қайдан қашан қалай қанша неліктен
    бол болып болған болса болды болады болар болмайды болмады еді екен емес бар
    деп деген деді дейді
"""
_AZERBAIJANI = """
    üçün ilə haqqında barədə görə qədər kimi sonra əvvəl qarşı üzrə tərəfindən ərzində əsasən başqa
    və ya yaxud həm həmçinin həmin da də ki amma ancaq lakin əgər çünki isə hətta yalnız məhz nəinki artıq hələ
    bəli xeyr yox var ən daha
    mən mənim mənə məni məndə məndən biz bizim bizə bizi bizdə bizdən
    sən sənin sənə səni səndə səndən siz sizin sizə sizi sizdə sizdən
    o onun ona onu onda ondan onlar onların onlara onları onlarda onlardan
    bu bunun buna bunu bunda bundan bunlar bunların bunlara bunları belə elə
    öz özü özüm özün özünün özünə özünü özündə özündən özləri özlərinin
    bütün hamı hamısı hər heç bəzi biri kimsə nəsə
    kim kimin kimə nə nəyə nəyi niyə necə neçə hansı hara harada haradan haçan
    idi idilər imiş deyil deyildi ol olan olub olur oldu olar olacaq olaraq olsa olmaq olunub edib edir etdi edən edərək
"""

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    "ru": frozenset(_RUSSIAN.split()),
    "uk": frozenset(_UKRAINIAN.split()),
    "en": frozenset(_ENGLISH.split()),
    "kk": frozenset(_KAZAKH.split()),
    "az": frozenset(_AZERBAIJANI.split()),
}
"""By ISO 639-1 code, in the normal form of words (`tokens.normalise`)."""

# Function words that are also what somebody may look for: in another of the languages (Kazakh «бар» is a Russian pub,
# «осы» are wasps, Ukrainian «мов» is of languages), as a name (Ким, Ли, Том, Того, Kimi) or in capitals (WHO, IT);
# or words of quantity and likeness, which are adjectives as much.
_LOOKED_FOR = """
    бар бен бо би енді еді ким кім коли ком ли ма ми мов осы ось па пен поза ради сен тем тим той того том ту уж як
    at can is it may might till up us who will
    another few less many more most much only other others own same several such жоқ
    biz kim kimi var
"""
_NEVER_LOOKED_FOR = frozenset[str]().union(*FUNCTION_WORDS.values()) - frozenset(_LOOKED_FOR.split())


def is_function_word(form: str) -> bool:
    """Whether nobody looks for this word: a function word in every language in which it might be one to look for."""
    return form in _NEVER_LOOKED_FOR
