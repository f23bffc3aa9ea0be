"""Words that are written like names, or belong to one, and are no topic: months, weekdays, titles, news agencies."""

from typing import Final

_TIMES = """
    январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
    понедельник вторник среда четверг пятница суббота воскресенье сегодня вчера завтра год час день неделя месяц утро
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow year month week day hour
    қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
    дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі бүгін кеше жыл ай күн
    yanvar fevral mart aprel iyun iyul avqust sentyabr oktyabr noyabr dekabr
    bazar şənbə cümə çərşənbə bugün dünən il gün ay
    січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
    понеділок вівторок середа четвер субота неділя рік
"""
_PEOPLE = """
    президент премьер премьер-министр министр министерство правительство парламент депутат глава директор губернатор
    сми рф аким спикер сенатор генерал полковник доктор профессор эксперт руководитель председатель заместитель
    господин госпожа агентство редакция корреспондент читать подписаться канал фото видео
    president minister prime ministry government parliament senator governor director chairman spokesman spokeswoman
    secretary officer professor doctor general judge mayor king queen prince princess sir lord mr mrs ms dr
    daily breaking copyright reserved
    league champion cup club live world new photo video image read more sign news newsletter update
    президенті министрі премьер-министрі үкімет мәжіліс prezident nazir
    also but the this that it in on at he she we they you there here if when while as for and from with
    ceo ceos cfo u.s u.k gmt est pst utc msk bst edt pdt et pt am pm tv pdf url usd eur http https www com
"""
_AGENCIES = """
    рёнхап ренхап live лайв
    тасс риа ria интерфакс рейтерс reuters блумберг bloomberg afp афр афп ap ассошиэйтед associated press
    sputnik спутник анадолу anadolu xinhua синьхуа tass interfax упи upi унн укринформ униан унiан
    казинформ kazinform tengrinews zakon informburo sputniknews азертадж azertac azərtac apa апа report репорт
    trend тренд cnn bbc би-би-си dpa efe nhk kyodo pti ani ians news.az day.az 1news haqqin lenta лента
    регнум rt fox nbc abc cbs facebook twitter instagram telegram youtube whatsapp tiktok
    фейсбук твиттер инстаграм инстаграмм телеграм телеграмм telegram-канал ютуб youtube-канал пресс-служба
    post times guardian reporter newspaper газета
"""
_DULL: Final = frozenset(f"{_TIMES}{_PEOPLE}{_AGENCIES}".split())


def is_dull(lemma: str) -> bool:
    return lemma in _DULL or "http" in lemma
