"""What a text states, and what each of it is worth."""

import pytest

from storage.statements import Statement, statements

OPENING = "Правительство Казахстана утвердило план развития порта Актау до 2030 года."
COST = "Строительство двух новых причалов обойдётся бюджету в 15 млрд тенге."


def found(text: str, *, title: str = "Заголовок") -> list[tuple[str, Statement]]:
    return [(text[one.start : one.end], one) for one in statements(title, text)]


def stated(text: str) -> list[str]:
    return [told for told, _ in found(text)]


def worth(sentence: str) -> float:
    """Of a sentence that a fair one stands before."""
    return next(one.worth for told, one in found(f"{OPENING} {sentence}") if told == sentence)


def flaw(sentence: str, *, after: str = COST) -> float:
    return next(one.flaw for told, one in found(f"{OPENING}\n{sentence}\n{after}") if told == sentence)


def leaning(sentence: str, *, before: str = OPENING) -> float:
    return next(one.leaning for told, one in found(f"{before}\n{sentence}") if told == sentence.lstrip("- "))


def test_dash_before_speech_stays() -> None:
    said = "- В порту построят два новых причала для паромов, - сказал министр Карабаев."
    assert stated(f"{OPENING} {said}") == [OPENING, said]


def test_dash_before_an_item_goes() -> None:
    assert stated(f"- {COST}") == [COST]


def test_tag_may_be_a_word_of_a_sentence() -> None:
    assert stated("Рабочие порта Актау взялись за #чистыйберег всей бригадой.") != []
    assert stated("Рабочие порта Актау взялись за #чистыйберег #порт.") == []


@pytest.mark.parametrize(
    "before",
    [
        "Share on FacebookShare on Twitter ",
        "Kindly Share This Story: ",
        "- Advertisement - ",
        "port_icons_loading ",
        "Bookmark ",
        "Summary By Mary Abai ",
        "By Mary Abai ",
        "LONDON ",
        "SOUTHPORT - (INT) - ",
        "Advertising ",
        "UPD: ",
        "Click to read all about ports → ",
        "Contact Port.ng instantly ",
        "ARIES (March 21 - April 20):",
        "Portpix Read Time: ",
    ],
)
def test_what_is_left_of_a_page_before_a_sentence_goes(before: str) -> None:
    news = "The port of Aktau will get two new berths by the end of 2030."
    assert stated(before + news) == [news]


def test_sign_of_the_zodiac_above_a_sentence_goes() -> None:
    assert stated(f"Овен {COST}") == [COST]


def test_heading_that_its_sentence_repeats_goes() -> None:
    assert stated(f"Строительство двух {COST}") == [COST]


@pytest.mark.parametrize(
    "sentence",
    [
        "(Disclosure: Port Media, which owns this site, has a deal with the port of Aktau.)",
        "Get more stories of the port of Aktau by signing up for the Port Weekly.",
        "Порт принадлежит компании, которая признана экстремистской в РФ.",
        "В нашей новой статье читайте о том, как строили порт Актау.",
        "Get all the latest news of the port of Aktau and more every day.",
        "The best of the port of Aktau comes straight to your inbox.",
        "For more on the port of Aktau, read the Port Weekly of this month.",
        "Also Read - Port of Aktau Opens in May The minister of ports was glad of that.",
        "READ: Port of Aktau to open in May for all of the ferries.",
        "Track live updates on the port of Aktau here.",
        "Take a look at all that the port of Aktau has for its visitors.",
        "В новой статье разбираемся, кто строил порт Актау.",
        "Напоминаем, что у нас есть бесплатный курс о порте Актау.",
        "Это праздник в порту Актау: забирай свой главный приз.",
        "Скидка на паромы порта Актау по промокоду до мая.",
        "This page of the port has affiliate links, which pay for its crew.",
        "We may earn a small commission for what you buy in the port of Aktau.",
        "The list of all berths in the port of Aktau is to be seen below: see it below.",
        "Tickets for the ferries can be found here.",
        "For a full list of ports, go here.",
        "You can watch the ferry leave the port below.",
        "Полный список портов можно найти по этой ссылке.",
        "Кидаем паром в избранное здесь.",
        "Мы попросили капитана порта рассказать о паромах.",
        "All our journalism is independent of the owners of the port.",
        "More information.",
        "На фото: паром порта Актау у нового причала.",
        "A jacket of the port of Aktau, £55, port.com",
        "У нас есть еженедельная рассылка о море и о порте Актау для всех.",
        "To go deeper, please reserve a spot at the free live webinar on ports.",
        "Port Weekly is now on Telegram with all of the news.",
        "Ты знаешь, кому это отправить в порту Актау.",
        "Покажи это другу, который живёт в порту Актау.",
        "Будь в курсе, подписывайся на наш порт в сети.",
        "РИАМО следит за тем, что происходит в порту Актау.",
        "Мы в Portnews специально для читателей собрали фото порта.",
        "Самые полезные ответы мы включим в нашу статью о порте.",
        "ALSO READ: Port of Aktau to open in May for all of the ferries.",
        "Рассказывает корреспондент газеты в порту Марат Абай.",
        "По выбору порта можете отписаться в комментариях.",
        "Здесь вся история порта, а в статье по ссылке — ещё больше.",
        "Порт у моря / Гонка с неожиданным концом у мыса.",
        "Порог вхождения: для тех, кто хочет построить порт.",
        "Главный капитан парома в Порт Где: Актау, можно удалённо",
        "Посмотреть на паром Цена: 4 080 рублей.",
    ],
)
def test_what_a_site_says_of_itself_is_not_stated(sentence: str) -> None:
    assert stated(sentence) == []


@pytest.mark.parametrize(
    ("ran", "parted"),
    [
        (
            "В порту под руководствомЮрия Абаева построят два причала.",
            "В порту под руководством Юрия Абаева построят два причала.",
        ),
        (
            "В порту «Актау»Юрий Абаев построит два новых причала.",
            "В порту «Актау» Юрий Абаев построит два новых причала.",
        ),
    ],
)
def test_words_that_ran_together_make_a_sentence_worth_less(ran: str, parted: str) -> None:
    assert worth(ran) < worth(parted) - 0.5


@pytest.mark.parametrize(
    "flawed",
    [
        pytest.param("Строительство двух причалов обойдётся городу Тот, кто обещал, уже построил.", id="another line"),
        pytest.param("Construction of two piers will start in May The city pays for both of them.", id="in English"),
        pytest.param("Port Weekly Top Ten Long Reads Today Two piers are built for the ferries.", id="a heading"),
        pytest.param("Владелец: порт Актау, причалы: два, а паромы придут туда уже весной.", id="labels"),
        pytest.param("Сколько будет причалов? – (улыбается) Их будет два, а то и три.", id="an answer"),
        pytest.param("Speaker of the port Mary Abai “And so we will build two piers,” Abai said.", id="a caption"),
        pytest.param(
            "По словам министра порта “Два причала построят за год, и оба для паромов”, — говорит он.", id="no colon"
        ),
        pytest.param("He told the newspaper of the port: ‘It was a great year for all and the piers.", id="left open"),
        pytest.param("Port of Aktau', wrote the minister in his post about the piers.", id="closed alone"),
        pytest.param("«Два новых причала для паромов в порту построят за год».", id="a quotation alone"),
        pytest.param("Большие паромы и мост с длинной дорогой у моря на фоне порта.", id="no verb"),
        pytest.param("Большой паром с мостом для всех, который строили в порту семь лет.", id="a verb in a clause"),
        pytest.param("Более двух причалов по всем сторонам порта Актау у моря.", id="a word that looks like a verb"),
        pytest.param("Министр рассказал, сколько новых причалов построят в порту Актау.", id="a teaser"),
        pytest.param(
            "Почему в порту не хватает причалов, сообщает газета со ссылкой на министра.", id="another teaser"
        ),
        pytest.param("Вы сами знаете этот порт и его причалы лучше других.", id="said to somebody"),
        pytest.param("Кроме порта Актау, интересуюсь мостами и причалами в Баку.", id="said by somebody of himself"),
        pytest.param("Here is all that is known of the port of Aktau at the moment.", id="what will be told"),
        pytest.param("На фото из порта Актау порт.ru port.com Марат Абай открыл мост.", id="a site between"),
        pytest.param("2️⃣ Порт получит два причала для паромов и один кран.", id="another item"),
        pytest.param("На рейде у острова стоит большой паром Печальная весть из порта о мосте.", id="an adjective"),
        pytest.param("My friends built two piers of the port on an island.", id="said by nobody"),
    ],
)
def test_sentence_that_something_is_wrong_with_is_worth_less(flawed: str) -> None:
    assert flaw(flawed) >= 1
    assert flaw("Строительство двух причалов в порту обойдётся городу в два раза дороже.") == 0


@pytest.mark.parametrize(
    "fair",
    [
        "The port, known for the film “Two Piers,” will open for the ferries in May.",
        'The minister of ports Marat Abai said: "The port opens in May for the ferries.',
        "Министр порта Марат Абай сообщил: «Порт построят за два года.",
        "Мы ждали открытия порта десять лет, – сказал Марат Абай в эфире.",
    ],
)
def test_quotation_is_not_torn_by_a_comma_nor_where_it_goes_on(fair: str) -> None:
    assert flaw(fair) == 0


def test_sentence_with_several_flaws_is_not_told() -> None:
    assert stated(f"{OPENING}\nВладелец: порт, Причалы: два, Краны: три, Паромы") == [OPENING]


def test_few_words_without_a_verb_are_not_told() -> None:
    assert stated(f"{OPENING} Не для слабонервных моряков.") == [OPENING]
    assert stated(f"{OPENING} Смертельная магия.") == [OPENING]


def test_stop_of_a_title_ends_no_sentence() -> None:
    assert stated(f"{OPENING} Выставка парома «Порт Актау ждёт вас!»") == [OPENING]
    assert len(stated(f"{OPENING} Министр сказал о порте: «Мы построим его!»")) == 2
    assert len(stated(f"{OPENING} В порту идёт выставка «Порт Актау ждёт вас!»")) == 2


def test_number_of_an_item_goes() -> None:
    assert stated(f"{OPENING}\n2. {COST}") == [OPENING, COST]
    numbered = next(one for told, one in found(f"{OPENING}\n2. {COST}") if told == COST)
    assert numbered.worth < worth(COST) - 0.5


def test_of_a_long_quotation_the_end_is_told_with_its_speaker() -> None:
    long = "".join(f" В порту построят причал номер {number}, кран и мост для всех паромов." for number in range(6))
    text = f'"Мы рады.{long} Паромы придут весной", - сообщил министр порта Абай.'
    assert stated(f"{OPENING}\n{text}") == [OPENING, 'Паромы придут весной", - сообщил министр порта Абай.']


def test_weather_goes_without_a_verb() -> None:
    assert flaw("Температура ночью в порту 8-13°, днём на море до 26°.") == 0
    assert flaw("В порту и на море переменная облачность, местами туман.") == 0


def test_items_of_a_list_are_not_told_unless_they_have_a_verb() -> None:
    news = "В Баку построили новый мост через залив для всех паромов"
    items = f"• Порт Актау — ворота Каспия\n• Порт Курык: паромы и краны\n• {news}"
    assert stated(f"{OPENING}\n{items}") == [OPENING, news]
    assert len(stated(f"{OPENING}\nПорт Актау — ворота Каспия для паромов")) == 2


def test_word_in_a_link_does_not_tell_that_a_capital_begins_a_line() -> None:
    sentence = "Дирекция показала проект Лама для всех паромов порта."
    assert flaw(sentence, after="Подробности: порт.рф/лама") == 0
    assert flaw(sentence, after="Подробности: это лама.") > 0


def test_adjective_begins_a_line_where_it_has_no_capital_in_another_form() -> None:
    sentence = "Дирекция показала проект Большие паромы в порту Актау у нового причала."
    assert flaw(sentence, after="Новый причал построен для больших паромов.") > 0


def test_capital_that_a_word_has_nowhere_else_begins_another_line() -> None:
    elsewhere = "Новый причал построен рабочими."
    assert flaw("Дирекция показала проект Рабочими построены два причала.", after=elsewhere) > 0
    assert flaw("Дирекция показала проект Рабочими построены два причала.", after=COST) == 0
    assert flaw("О планах порта сообщает Портовая дирекция города Баку.", after="Портовая дирекция рада.") == 0
    assert flaw("О планах порта сообщает Каспийская дирекция города Баку.", after=COST) == 0
    assert flaw("Газета писала, что в Рабочими названном порту построят два причала.", after=elsewhere) == 0


@pytest.mark.parametrize("name", ["МегаФон", "СберБанк", "eBay", "iPhone", "ООН"])
def test_names_with_capitals_within_are_no_words_run_together(name: str) -> None:
    plain = "Компания Порты построит в городе два новых причала."
    assert worth(plain.replace("Порты", name)) == pytest.approx(worth(plain))


def test_sentence_that_somebody_unnamed_speaks_is_worth_less() -> None:
    unnamed = "Мы готовы построить в порту Актау два причала для паромов."
    assert worth(unnamed) < worth(unnamed.replace("Мы", "Тут")) - 1
    quoted = "«Мы готовы построить два причала», сообщил Карабаев «Порту»."
    assert worth(quoted) == pytest.approx(worth(quoted.replace("Мы", "Тут")))
    said = "- Мы готовы построить два причала, - сообщил Карабаев газете."
    assert worth(said) == pytest.approx(worth(said.replace("Мы", "Тут")))


def test_first_word_that_only_joins_leans_less_than_one_for_something() -> None:
    joined = leaning("Но кранов в порту Актау станет вдвое больше.")
    assert 0 < joined < leaning("Он построит в порту Актау вдвое больше кранов.")
    assert joined < leaning("Но он построит в порту Актау вдвое больше кранов.")


@pytest.mark.parametrize(
    "dateline",
    [
        "NEW YORK — ",
        "NEW YORK, May 2 (AP) — ",
        "May 2 (UPI) -- ",
        "(AP) - ",
        "PORTLAND, Maine (AP) - ",
        "KARACHI: ",
        "TAMWORTH, Australia: ",
        "New Delhi, May 02: ",
        "New Delhi: ",
        "Rome/Berlin: ",
        "By Mary Abai and John Port (Reuters) - ",
        "By Mary Abai and John PortAKTAU — ",
        "Port Gazette reportAKTAU — ",
        "AKTAU - 3 May 2020: ",
        "AKTAU/NEW PORT: ",
        "AKTAU, MN- ",
        "(Reuters) ",
        "New Port (the Statesman/ANN)— ",
        "London – ",
        "New York | ",
        "ADVERTISEMENT ",
        '(This May 2 story has been refiled to correct the spelling of "port" in second paragraph) ',
        "By Mary Abai, John Port and David Pier NEW YORK/WASHINGTON (Reuters) - ",
        "PORT SHARES THE STAGE ",
        "PORTNEWS.RU - ",
        "14:30 ",
        "Aktau, Kazakhstan | AFP | ",
    ],
)
def test_dateline_is_not_told(dateline: str) -> None:
    news = "The port of Aktau will get two new berths by the end of 2030."
    assert stated(dateline + news) == [news]


@pytest.mark.parametrize(
    "dateline",
    ["АКТАУ — ", "Port24.ru - ", "(Рейтер) ", "БАКУ, 5 мая - ", "МОСКВА (Порт) - ", "5 мая, 14:30 — ", "Общество "],
)
def test_russian_dateline_is_not_told(dateline: str) -> None:
    assert stated(dateline + OPENING)[-1] == OPENING


def test_what_is_here_may_be_news() -> None:
    for told in ("More ferries may be needed here.", "The officers of the port say that you are here."):
        assert stated(told) == [told]


def test_capitals_that_begin_a_sentence_are_no_dateline() -> None:
    for told in ("A FEDERAL JUDGE let the port of Aktau open on Monday.", "США — партнёр порта Актау с прошлого года."):
        assert stated(told) == [told]


def test_caption_is_not_told() -> None:
    caption = "The minister Marat Abai arrives at the port of Aktau in May."
    news = "The port of Aktau will get two new berths by the end of 2030."
    assert stated(f"{caption} AFP/File/Marat ABAI\n{news}") == [news]
    assert stated(f"{caption} AFP/File/Marat ABAI {news}") == [news]
    assert stated(f"{caption} {news}") == [caption, news]


@pytest.mark.parametrize(
    "half",
    [
        "В результате чего порт Актау закрыли на неделю.",
        "Чтобы не допустить закрытия порта Актау.",
        "Где впервые за сто лет закрыли порт Актау.",
        "Которые построят в порту Актау до конца года.",
        "Для тех, кто ещё не видел порта Актау весной.",
        "Which the port of Aktau will build by the end of the year.",
    ],
)
def test_end_of_another_sentence_is_not_told(half: str) -> None:
    assert stated(half) == []


@pytest.mark.parametrize(
    "address",
    [
        "Не упустите шанс увидеть новый порт Актау своими глазами.",
        "3️⃣ И прихо\u0301дите на открытие порта Актау в мае.",
        "Нам очень нужна ваша помощь в порту Актау!",
        "Рассказываем о самых важных новостях порта Актау.",
        "А самым интересным о порте Актау поделитесь в комментариях!",
        "Ждём ваши рассказы о порте Актау в комментариях.",
        "The new port of Aktau was a great one as you will see in the photo below.",
        "Как строили порт Актау (о его причалах можно почитать здесь).",
        "Управляем паромами в порту Актау / Марат Абай",
        "Узнаете, какие паромы пойдут в порт Актау.",
        "Далее поговорим о том, как строили порт Актау.",
        "Just look at the new port of Aktau for a while.",
        "На видео ниже порт Актау открывают для больших паромов.",
    ],
)
def test_what_is_said_to_readers_is_not_told(address: str) -> None:
    assert stated(address) == []


@pytest.mark.parametrize("said", ["Now he says that ferries come in May.", "Теперь он ждёт в порту новые паромы."])
def test_pronoun_behind_a_word_of_time_leans_on_who_was_named(said: str) -> None:
    assert leaning(said) > 1
    assert leaning(said.replace("he says", "Abai says").replace("он ждёт", "Абай ждёт")) == 0


def test_items_lean_on_the_heading_above_them() -> None:
    heading, first, second = (
        "В порту станет больше:",
        "- Кранов, которые стоят у моря.",
        "- Причалов, где встанут большие паромы.",
    )
    assert leaning(first, before=f"{OPENING}\n{heading}") > 0
    assert leaning(second, before=f"{OPENING}\n{heading}\n{first}") > 0
    assert leaning(second) == 0
    assert leaning(COST, before=f"{OPENING}\n{heading}\n{first}\n{second}") == 0


@pytest.mark.parametrize("said", ["Это первая атака на порт Актау.", "Также у Марата Абая проблемы с портом и мостом."])
def test_sentence_may_go_without_a_verb(said: str) -> None:
    assert flaw(said) == 0
    assert flaw("Первая большая атака на порт Актау.") > 0


@pytest.mark.parametrize(
    "heading",
    ["Лучшие новости недели порта Актау (18-22 мая 2024)", "Обзоры портов и паромов для капитанов Каспия"],
)
def test_heading_without_a_verb_is_not_told(heading: str) -> None:
    assert stated(heading) == []


def test_letter_of_an_abbreviation_leans_on_nothing() -> None:
    assert leaning("O.P.A. has been the name of the port for twenty years.") == 0


def test_what_is_pressed_before_the_news_is_not_told() -> None:
    assert stated(f"Поделиться ПошеритьТвитнуть {COST}") == [COST]


def test_first_word_may_be_the_verb() -> None:
    assert flaw("Была капитаном парома Театра имени Маяковского.") == 0


def test_quotation_that_goes_on_is_worth_more_than_a_torn_one() -> None:
    goes_on = "“The minister of ports should think of small ports and of their crews."
    assert flaw(goes_on) < flaw("The minister of ports should think of small ports and of their crews.”")


def test_who_says_so_costs_less_where_it_says_what() -> None:
    assert flaw("Как сообщает агентство, порт откроют в мае, а мост построят через год после него.") < flaw(
        "Как сообщает нам агентство морского порта Актау, его новости."
    )
