"""Letters as people type them who have no keyboard of the language: e for ə, к for қ."""

_AZERBAIJANI = {"ə": "e", "ı": "i", "ş": "s", "ç": "c", "ğ": "g", "ö": "o", "ü": "u"}
_KAZAKH = {"ә": "а", "қ": "к", "ғ": "г", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "і": "и", "һ": "х"}
_FOLD = str.maketrans(_AZERBAIJANI | _KAZAKH)


def fold(term: str) -> str:
    """The term without the letters that other keyboards lack; itself where it has none."""
    return term.translate(_FOLD)
