"""The picture of an article: which of those that an item, a page or a post names, and its address. Pure.

    item, page, post ──name──▶ Pictures ──first: sendable, no counter, no icon──▶ address

No picture is fetched here: Telegram does that where a message shows one.
"""

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Final
from urllib.parse import urlsplit

from bot.messages import sendable_url
from bot.sources import clean

# Pixels. What is no larger is an icon, an avatar or a counter.
_ICON: Final = 100
# Characters. Signed addresses of publishers and of Telegram's storage have some hundreds.
_LONGEST: Final = 1000
# Authors' portraits and counters of visits, which stand in every article whatever it tells.
_COUNTERS = re.compile(
    r"(?:.+\.)?(?:gravatar\.com|feedburner\.com|feedburner\.google\.com|feedsportal\.com|doubleclick\.net|pixel\.wp\.com"
    r"|stats\.wordpress\.com|google-analytics\.com|scorecardresearch\.com|yadro\.ru|mc\.yandex\.ru|top-fwz1\.mail\.ru)"
)
_BLANK = re.compile(r"(?:1x1|pixel|spacer|blank|transparent)\.(?:gif|png|jpe?g)", re.IGNORECASE)
# Drawings and icons, which Telegram does not show.
_UNSHOWN = (".svg", ".svgz", ".ico")
_PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


@dataclass(frozen=True, slots=True)
class Picture:
    """One that is named; `width` and `height` in pixels, 0 where nobody says."""

    href: str
    _: KW_ONLY
    width: int = 0
    height: int = 0


def first(named: Iterable[Picture], *, base: str) -> str | None:
    """The address of the first that is worth being seen; relative ones are resolved against `base`."""
    return next(filter(None, (address(one.href, base=base) for one in named if not _is_icon(one))), None)


def address(href: str, *, base: str = "") -> str | None:
    """The absolute address as Telegram takes it, of at most 1,000 characters; None for what is no picture to show."""
    url = sendable_url(clean.link(clean.line(href), base=base) or "")
    if url is None or len(url) > _LONGEST:
        return None
    parts = urlsplit(url)
    name = parts.path.rpartition("/")[2].lower()
    is_counter = _COUNTERS.fullmatch(parts.hostname or "") or _BLANK.fullmatch(name)
    return None if is_counter or name.endswith(_UNSHOWN) else url


def widest(named: Iterable[Picture]) -> list[Picture]:
    """The same picture in several sizes, the widest first; those without a size keep their order behind."""
    return sorted(named, key=lambda one: -one.width)


def is_picture(href: str, *, media_type: str, medium: str = "") -> bool:
    """Whether a file is a picture, by what a feed says of it, else by its name."""
    if media_type.lower().startswith("image/") or medium.lower() == "image":
        return True
    # Any other type is what software writes that knows none.
    if medium or media_type.lower().startswith(("audio/", "video/")):
        return False
    return href.partition("?")[0].lower().endswith(_PHOTOS)


def _is_icon(one: Picture) -> bool:
    return any(0 < side <= _ICON for side in (one.width, one.height))
