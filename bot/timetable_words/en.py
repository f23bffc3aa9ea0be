"""English words of schedules."""

from bot.timetable_words.vocabulary import Words

ENGLISH = Words(
    day_names=(
        r"mo|mon|mondays?",
        r"tu|tue|tues|tuesdays?",
        r"we|wed|weds|wednesdays?",
        r"th|thu|thur|thurs|thursdays?",
        r"fr|fri|fridays?",
        r"sa|sat|saturdays?",
        r"su|sun|sundays?",
    ),
    every_day=r"daily|(?:every|each)\s*day|all\s+days|all\s+week|7\s+days\s+a\s+week",
    weekdays=r"(?:weekday|workday|working\s+day|work\s+day|business\s+day)s?",
    weekend=r"weekends?",
    morning=r"mornings?|breakfast",
    afternoon=r"afternoons?|lunch(?:time)?",
    evening=r"evenings?|tonight",
    noon=r"noon|midday|noontime",
    midnight=r"midnight",
    am_before=r"mornings?",
    pm_before=r"afternoons?|evenings?",
    night_before=r"nights?",
    am_after=r"a\.?m\.?|in\s+the\s+mornings?",
    pm_after=r"p\.?m\.?|in\s+the\s+(?:afternoon|evening)s?",
    night_after=r"at\s+night",
    hours=("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    minutes={
        0: r"sharp|hundred",
        10: r"ten",
        15: r"fifteen",
        20: r"twenty",
        30: r"thirty",
        40: r"forty",
        45: r"forty[\s-]five",
        50: r"fifty",
    },
    hour_signs=r"\s*(?:o'?\s?clock|h)",
    half_past=r"half[\s-]+(?:past[\s-]+)?",
    quarter_past=r"(?:a\s+)?quarter\s+(?:past|after)\s",
    quarter_to=r"(?:a\s+)?quarter\s+(?:to|of)\s",
    every_hour=r"(?:every|each)\s+h(?:ou)?r|hourly|once\s+an\s+hour",
    every_hours=r"(?:every|each|once\s+in)\s*{step}\s*(?:h|hrs?|hours?)",
    once_a_day=r"once\s+(?:a|per|every)\s+day|once\s+daily",
    twice_a_day=r"(?:twice|two\s+times|2\s+times)\s+(?:(?:a|per|every)\s+day|daily)",
    thrice_a_day=r"(?:thrice|three\s+times|3\s+times)\s+(?:(?:a|per|every)\s+day|daily)",
    weekly=r"(?:once\s+)?(?:a|per|every|each)\s+week|weekly",
    interval=(
        r"(?:every|each)\s+(?:other|second|third)\s+(?:day|week|hour|month)|(?:on\s+)?alternate\s+days|"
        r"every\s+\w+\s+(?:days|weeks|months|min(?:ute)?s?)|(?:once|twice)\s+a\s+month|monthly|biweekly|fortnightly|"
        r"every\s+(?:half\s+(?:an\s+)?hour|minute|month|year)|(?:twice|two\s+times|three\s+times)\s+a\s+week"
    ),
    off=r"off|never|none|stop|no\s+more|turn\s+off|disable",
    instant=r"instant(?:ly)?|immediately|at\s+once|now|right\s+away|straight\s+away|asap|as\s+it\s+happens",
    quiet=(
        r"quiet(?:\s+(?:hours|time))?|do\s+not\s+disturb|don'?t\s+disturb|dnd|silen(?:ce|t)|mute|"
        r"no\s+(?:messages|alerts|news)|don'?t\s+(?:bother|wake|message)(?:\s+me)?"
    ),
    from_=r"from|between|at\s+night",
    to=r"to|till|until|through|and",
    joins=(
        r"at|on|and|in|the|every|each|of|by|around|about|please|me|send|news|digest|i|want|would|like|it|just|only|"
        r"then|also|time|during|a"
    ),
)
