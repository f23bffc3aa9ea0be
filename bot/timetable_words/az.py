"""Azerbaijani words of schedules."""

from bot.timetable_words.vocabulary import Words

# Of a place or time, a beginning, an end, an owner.
_ENDINGS = r"(?:[dt][aə]|[dt][aə]n|[yn]?[aə]|n?[ıiuü]n|s?[ıiuü]n[aə])?"
_DAY_ENDINGS = r"(?:n?d[aə]n?|y?[aə]|n[aə]|l[aə]r[ıi]?|s[iı])?"

AZERBAIJANI = Words(
    day_names=(
        # A single letter is a day only with its point, as the bot itself writes it.
        rf"(?:bazar\s*|b\.\s*)ertəsi{_DAY_ENDINGS}|b(?:\.\s?)?e\.?",
        rf"(?:çərşənbə\s+|çər\.\s*|ç\.\s*)axşamı{_DAY_ENDINGS}|ç\.\s?a\.?|ça\.?",
        rf"çərşənbə{_DAY_ENDINGS}|ç\.|çər\.?",
        rf"(?:cümə\s+|cüm\.\s*|c\.\s*)axşamı{_DAY_ENDINGS}|c(?:\.\s?)?a\.?",
        rf"cümə{_DAY_ENDINGS}|c\.|cüm\.?",
        rf"şənbə{_DAY_ENDINGS}|ş\.|şən\.?",
        rf"bazar{_DAY_ENDINGS}|b\.|baz\.?",
    ),
    every_day=r"hər\s*gün(?:ü)?|gündəlik|günaşırısız|bütün\s+günlər|bütün\s+həftə",
    weekdays=r"həftə\s*içi|iş\s+gün(?:lər)?(?:i|ü)?(?:ndə)?|həftənin\s+iş\s+günləri",
    weekend=r"həftə\s*sonu|həftə\s*sonları|istirahət\s+gün(?:lər)?(?:i|ü)?(?:ndə)?",
    morning=r"səhər(?:lər|ləri|də)?|sabahlar",
    afternoon=r"gündüz(?:lər)?|günortadan\s+sonra|nahar(?:da)?",
    evening=r"axşam(?:lar|ları)?|axşamüstü",
    noon=r"günorta(?:lar|da|sı)?",
    midnight=r"gecə\s*yarısı(?:nda)?",
    am_before=r"səhər(?:lər)?|sübh",
    pm_before=r"axşam(?:lar)?|gündüz|günorta(?:dan\s+sonra)?",
    night_before=r"gecə(?:lər)?",
    am_after="",
    pm_after="",
    night_after="",
    hours=(
        rf"bir{_ENDINGS}",
        rf"iki{_ENDINGS}",
        rf"üç{_ENDINGS}",
        rf"dör[dt]{_ENDINGS}",
        rf"beş{_ENDINGS}",
        rf"altı{_ENDINGS}",
        rf"yeddi{_ENDINGS}",
        rf"səkkiz{_ENDINGS}",
        rf"doqquz{_ENDINGS}",
        # Without an ending it would be the English "on".
        r"on(?:da|dan|a|un)",
        rf"on\s+bir{_ENDINGS}",
        rf"on\s+iki{_ENDINGS}",
    ),
    minutes={
        10: r"on(?:da|dan|a)?",
        15: rf"on\s+beş{_ENDINGS}",
        20: rf"iyirmi{_ENDINGS}",
        30: rf"otuz{_ENDINGS}",
        40: rf"qırx{_ENDINGS}",
        45: rf"qırx\s+beş{_ENDINGS}",
        50: rf"əlli{_ENDINGS}",
    },
    hour_signs=r"[-']?(?:[dt][aə]|[dt][aə]n|[yn]?[aə]|n?[ıiuü]n)",
    half_to_behind=r"\s*yarısı(?:nda|ndan|na)?",
    half_past_behind=r"\s*yarım(?:da|dan|a)?",
    every_hour=r"hər\s+saat(?:da|\s*başı)?|saatbaşı|saatda\s+bir(?:\s+dəfə)?",
    every_hours=r"(?:hər\s*)?{step}\s*saat(?:dan\s+bir|da\s+bir)",
    once_a_day=r"gündə\s+(?:bir|1)\s+(?:dəfə|kərə)",
    twice_a_day=r"gündə\s+(?:iki|2)\s+(?:dəfə|kərə)",
    thrice_a_day=r"gündə\s+(?:üç|3)\s+(?:dəfə|kərə)",
    weekly=r"həftədə\s+(?:bir|1)(?:\s+dəfə)?|hər\s+həftə|həftəlik",
    interval=(
        r"gün\s*aşırı|\w+\s+gündən\s+bir|\w+\s+gündə\s+bir|ayda\s+\w+(?:\s+dəfə)?|hər\s+ay|"
        r"(?:hər\s+)?\w+\s+(?:dəqiqə|həftə)(?:dən|də)\s+bir|(?:hər\s+)?yarım\s+saat(?:dan|da)\s+bir|"
        r"həftədə\s+(?:iki|üç|2|3)\s+dəfə|hər\s+il"
    ),
    off=r"söndür\w*|heç\s+vaxt|lazım\s+deyil|yox|bağla|dayandır\w*|göndərmə\w*",
    instant=r"dərhal|anında|o\s+dəqiqə|həmin\s+an|çıxan\s+kimi",
    quiet=r"sakit(?:lik|cə)?(?:\s+(?:saat(?:lar)?(?:ı)?|olsun|vaxt))?|narahat\s+etmə\w*|yazma\w*|səssiz|sükut",
    from_=r"gecələr",
    to=r"ilə|və",
    up_to_behind=r"kimi|qədər|dək",
    joins=(
        r"saat|saatda|və|ilə|hər|gün|günü|günləri|həmçinin|mənə|göndər(?:in)?|xəbərlər(?:i)?|yalnız|zəhmət|olmasa|"
        r"təxminən|da|də"
    ),
)
