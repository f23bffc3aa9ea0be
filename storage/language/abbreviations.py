"""Abbreviations that a full stop belongs to, by what may follow them; for telling where a sentence ends."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Stand before a name or a number and never end a sentence; of a number («5 г.», «10 м.») they are units and may.
BEFORE_NAMES = _words(
    "акад ак англ ауд бул буд бульв букв вул г гл гос г-жа г-н ген гр греч дж див доц д д-р ж-е зам и.о им ім инж испр "
    "к кап кв кн кол кор корп көш қ лат лейт м мкр мк-н наб напр нем о обл оз оф п пер пл подп полк пом пос пр пр-т "
    "пр-кт преп пров просп проф проч р р-н рис с св свв св.в сер см смт сост ср ст стр т т.а.ә т.е т.зв т.к т.н т.ч "
    "табл тел тов ул ф фр х хут ч ш яп akad bax dos küç məs mtk pr səh"
)
# Of English and Azerbaijani only with a capital: "Sen." is a senator, "sen" is you.
TITLES = _words(
    "Mr Mrs Ms Mx Dr Prof Rev Hon Sen Rep Gov Gen Col Lt Capt Cpt Cmdr Maj Sgt Cpl Pvt Adm Brig Pres Supt Det Insp Fr "
    "St Ste Mt Ft Sts Messrs Mme Mlle Dj Akad Dos Vs vs v Op Ave Blvd Rd approx ca cf e.g i.e E.g I.e al"
)
# Belong to a number that follows.
BEFORE_NUMBERS = _words(
    "Rs No Nos no nos pp p Vol vol Fig fig Art art Sec sec Ch ch Pt pt № ст п пп ч гл рис стр тел кв д дом корп стр м "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec янв фев февр мар апр авг сен сент окт нояб дек т статья"
)
# End a figure, and then a sentence too unless that has hardly begun.
UNITS = _words(
    "г гг в вв г.г ж жж ж.ж р рр руб коп тыс млн млрд трлн км м мм см га кг т ц ч мин сек с чел долл грн тг ст b s il"
)
# End a name or a figure: what follows begins a sentence only if it is a function word.
WITHIN = _words(
    "Inc Corp Ltd Co Bros Jr Sr LLC Plc a.m p.m U.S U.K U.N E.U D.C U.S.A L.A N.Y N.J Calif Mass Conn Fla Pa Va Wash "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec янв фев февр мар апр авг сен сент окт нояб дек Ph.D M.D"
)
