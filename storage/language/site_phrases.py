"""What no sentence of the news says, wherever it stands in it: what a site says of itself and asks its readers for.

Beside each phrase, in small letters, stand the parts of it of which one is in every such sentence: looking for these is
ten times as fast as looking for the phrases.
"""

from collections.abc import Sequence

_LINKED = "здесь|тут|ниже|ссылке"
_HERE = r"[^.!?]{0,70}\b(?:здесь|тут|ниже|по (?:этой )?ссылке)\.?$"

PHRASES: Sequence[tuple[str, str]] = (
    ("share", r"share (?:on|this)\b"),
    (" us on", r"(?:like|follow|join|find) us on"),
    ("sign", r"sign(?:ing)? up (?:for|to) (?:our|the)"),
    ("newsletter", r"our newsletter"),
    ("subscribe", r"subscribe (?:to|now|today)\b"),
    ("click", r"click (?:here|on the link)"),
    ("read", r"read more (?:about|here|:)|(?:also read|read also|read more)\s?[-–—:]|^read:|continue reading"),
    ("all rights", r"all rights reserved"),
    (
        "here|below",
        r"(?:\bcan (?:be )?|^|, |[^\w\s] )(?:\w+ )?(?:found|find|seen?|visit|listen|view|sign up|purchase|buy|learn"
        r"|read|try|made|watch|go|more about|donate|suss out)\b[^.!?]{0,70}\b(?:here|below)\.?$"
        r"|(?:see|read|find|watch|view|check)\b[^.!?]{0,60} below\.?$",
    ),
    (
        " on ",
        r"^[\w ]{3,30} (?:is|are) (?:now |also )?on (?:telegram|whatsapp|instagram|facebook|twitter|youtube)\b",
    ),
    ("retirement", r"behind on your retirement savings"),
    ("journalism", r"our journalism is"),
    ("affiliate|commission", r"affiliate links?\b|earn (?:an?|some) (?:small )?commission"),
    ("advertise", r"advertise with"),
    ("disclosure", r"disclosure:"),
    ("latest|live", r"(?:track|follow|get|see) (?:all )?(?:the )?(?:live|latest) (?:updates|news)"),
    (
        "appeared|published",
        r"this (?:article|story) (?:was (?:originally|first) (?:appeared|published)|(?:originally|first) appeared)"
        r"|originally published (?:on|by|in)",
    ),
    ("scroll", r"scroll (?:down|through)|keep scrolling"),
    ("view this", r"view this post"),
    ("for more", r"for more[^.!?]{0,30}, (?:read|see|visit|go to)\b"),
    ("inbox", r"(?:in|to) your inbox\b"),
    ("ctrl", r"ctrl\s?\+"),
    (
        "available",
        r"(?:is|are) available (?:on|in|via) (?:itunes|apple podcasts|spotify|stitcher|google podcasts)\b",
    ),
    ("instantly", r"^contact \S+ instantly\.?$"),
    ("pa news", r"the pa news agency looks"),
    ("round", r"our (?:daily|weekly) round-?up"),
    ("afp|reuters|ap/|getty|epa", r"(?:\bafp|\breuters|\bap|\bgetty|\bepa)/\w|/(?:afp|reuters|getty|epa)\b"),
    ("report", r"this report (?:by|was first)|contributed to this report"),
    ("webinar", r"(?:free|live|our) webinar"),
    ("ready reckoner", r"ready reckoner will help"),
    ("reviewed by", r"reviewed by [\w ]{5,30}$"),
    ("files from", r"with files from"),
    ("здесь", r"[-–—] здесь\.?$|(?:забира|пробу|смотр|кача|скачива|хвата|стави)\w+ [^.!?]{0,60}\bздесь\.?$"),
    (
        _LINKED,
        rf"(?:можно|найд[её]те|ознакомиться|публику\w+|представлен\w*|привед[её]н\w*|опубликован\w*|кида\w+)\b{_HERE}"
        r"|по (?:кнопке|ссылке) ниже|по ссылке (?:[-–—]|в \w+\.?$)|подробн\w+ [^.!?]{0,60}(?:здесь|тут)\.?$",
    ),
    ("мы ", r"^мы (?:попросили|обратились)\b|^мы в \w+ (?:[а-яё]+ ){0,4}(?:собрали|подготовили|запустили)"),
    ("мы |у нас", r"(?:у нас|мы) (?:в|есть в) (?:telegram|телеграм|instagram|facebook|viber)"),
    ("у нас есть", r"у нас есть [^.!?]{0,40}(?:рассылк\w+|\bкурс|\bканал|\bчат\b|\bбот\b)"),
    ("материал", r"материалы (?:регулярно|постоянно) (?:дополня|обновля)|использовани\w+ материалов"),
    ("добро", r"добро пожаловать в (?:открытый пост|наш)"),
    ("последние", r"последние данные о (?:ситуации|распространении)|последние новости [\w ]{0,20}(?:на|в) \w+\.\w"),
    ("партн", r"партн[её]рск\w+ ссылк"),
    ("актуальн", r"актуальн\w+ (?:данн|информаци|новост)"),
    ("выделите|нашли", r"выделите (?:её|ее|текст|фрагмент)|нашли (?:опечатку|ошибку)\?"),
    (
        "новост",
        r"(?:предложить|прислать) новость|больше новостей|новост\w+ к этому часу"
        r"|главные новости (?:дня|недели|часа|к утру|к вечеру)",
    ),
    ("написана|опубликована", r"эта (?:новость|статья|заметка) (?:была )?(?:написана|опубликована)"),
    (
        "подпи",
        r"подписывай(?:тесь|ся на )|подпишитесь|подписаться на (?:наш|канал|рассылк|новост)|подпишись",
    ),
    ("айте|смотрите", r"(?:читайте|смотрите|слушайте) (?:в|на|также|нас|подробн|ещ[её])"),
    ("поддержите", r"поддержите нас"),
    (
        " наш",
        r"(?:в|на) наш(?:ем|их|у|и) (?:[\w-]+ ){0,2}(?:telegram|youtube|телеграм|канал|групп|сайт|сообществ|страниц)"
        r"|(?:включим|опубликуем|добавим) (?:[а-яё]+ )?в наш"
        r"|в нашей (?:новой )?(?:статье|подборке|рубрике|рассылке)",
    ),
    ("подробн", r"подробнее\s?[-–—:]|подробн\w+ в (?:материале|статье|публикации)"),
    ("специально", r"корреспондент [^.!?]{3,80} специально для [\w-]+\.?$"),
    ("риамо|би-би-си|bbc", r"^(?:риамо|би-би-си|bbc) (?:рассказывает|следит|собрал)"),
    (
        "корреспондент|обозреватель|автор",
        r"^(?:рассказывает|объясняет|разбирается|комментирует) (?:наш )?(?:корреспондент|обозреватель|автор)"
        r"[^.,]{,60}\.?$",
    ),
    ("перехо", r"переход(?:и|ите) по (?:кнопк|ссылк)"),
    ("забирай", r"\bзабирай(?:те)? (?:сво[йюёи]|себе|главн|приз|подар|бонус)"),
    ("промокод", r"\bпромокод"),
    (
        " сам|для вас",
        r"(?:рассказываем|рассказали) (?:о|про) сам\w+ (?:важн|интересн|главн)|(?:собрали|подобрали) (?:для вас|сам)",
    ),
    ("брали главн", r"(?:собрали|подобрали) главн"),
    ("статье", r"в (?:новой|этой) статье (?:разбира|расска|покаж|рассмотр|подел)"),
    (
        "признан",
        r"признан\w* (?:в рф )?(?:экстремистск\w+|иноагент\w+)(?: и запрещен\w*)?(?: организаци\w+)?"
        r"(?: (?:в|на территории) (?:рф|россии))?\.?$",
    ),
    ("обязательн", r"ссылк\w+ на (?:сайт|источник) обязательн"),
    ("підпи", r"підписуйтесь|підпишіться"),
    ("також", r"читайте також"),
    ("жазыл", r"жазылыңыз"),
    ("abun", r"abunə ol"),
)
