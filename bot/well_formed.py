"""JSON as it comes from outside, made safe to store and to send."""

import json
import re
from typing import Any, Final

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def well_formed(text: str) -> Any:
    """What the JSON says; halves of surrogate pairs, which neither a store nor Telegram takes, become U+FFFD."""
    said = json.loads(text)
    if not _SURROGATE.search(text):
        return said
    whole = json.dumps(said, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(whole)
