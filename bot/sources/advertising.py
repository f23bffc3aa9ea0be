"""What is paid for and says so: since 2022 the law of Russia (38-FZ, article 18.1) asks for a mark and the advertiser.

A post carries the mark in its words, «erid: 2Vtzq…», or in the address that it leads to, `?erid=2Vtzq…`.
"""

import re

_MARK = re.compile(r"\berid\b\W{0,4}[a-z0-9]{6}", re.IGNORECASE)
_ADVERTISER = re.compile(
    r"(?<!\w)(?:реклама[.:]\s*(?:рекламодатель|ООО|АО|ПАО|ИП)(?!\w)|о рекламодателе\b|рекламодатель\s?:)", re.IGNORECASE
)


def is_advertisement(said: str) -> bool:
    """Whether words or addresses have the mark."""
    return bool(_MARK.search(said) or _ADVERTISER.search(said))
