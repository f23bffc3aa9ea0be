"""What Telegram makes clickable by itself in a message: commands and mentions outside of links and code.

After the rules of https://core.telegram.org/api/entities; found is what a client would underline.
"""

import re

from tests.telegram_html import Parsed

_FOUND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?![\w/<>])|(?<!\w)@[A-Za-z0-9_]{2,32}")
INERT = {"text_link", "code", "pre"}


def clickable(parsed: Parsed) -> list[str]:
    units = parsed.text.encode("utf-16-le", "surrogatepass")
    kept = bytearray(units)
    for entity in parsed.entities:
        if entity.type in INERT:
            kept[2 * entity.offset : 2 * entity.end] = "·".encode("utf-16-le") * entity.length
    return _FOUND.findall(kept.decode("utf-16-le", "replace"))
