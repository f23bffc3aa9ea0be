"""A web page → the feeds that it points to. Pure; it reads what somebody else wrote, so keep it in a worker process.

    page ─┬─ a list of sitemaps ─ those of news
          └─ <link rel=alternate> of a feed's type; where there is none, <a> that look like a feed ──▶ Candidate

Where a page says nothing, `usual` knows where software puts its feeds, and `sitemaps` what robots.txt tells.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from bot.sources import addresses, clean
from bot.sources.encoding import decode_markup
from bot.sources.trouble import FetchError

MOST: Final = 10  # as many as one message offers as buttons
_PAGE_BYTES = 2_000_000  # feeds are named in the head; no page that people read is longer
_LINKS = 1000  # of a kind; directories of feeds have a hundred
NEWS_SITEMAPS: Final = ("/news-sitemap.xml", "/sitemap-news.xml")

# WordPress and others serve these paths; a section's feed stands below its own address.
_USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")

_FEED_TYPE = re.compile(r"(?:application|text)/(?:x-)?(?:(?:rss|atom|rdf)(?:\+xml)?|feed\+json)", re.IGNORECASE)
_XML_TYPE = re.compile(r"(?:application|text)/xml", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(r"(?:\A|[/.?&=_-])(?:rss2?|atom|rdf|feeds?)(?=\Z|[/.?&=_\d])", re.IGNORECASE)
_FEED_WORD = re.compile("rss|atom|rdf|feed", re.IGNORECASE)
_FEED_HOST = re.compile(r"(?:feeds?|rss)\d*\.", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|коммент|пікір|şərh", re.IGNORECASE)
# What tells two forms of one feed apart in their titles.
_FORM = re.compile(r"\b(?:rss|atom|rdf|json|xml|feed|[012]\.\d+)\b|[^\w\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that a page names; `title` may be empty."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    title: str
    type: str = ""

    @property
    def is_comments(self) -> bool:
        return bool(_COMMENTS.search(urlsplit(self.url).path) or _COMMENTS.search(self.title))


def links(page: bytes, *, base: str, content_type: str = "") -> tuple[Candidate, ...]:
    """The feeds that a page names, those of its own host first; of comments where there are no others.

    At most `MOST`, and where there are more, one that stands for these.
    Of one feed in several forms the first is taken. Addresses are as `addresses.understand` has them.
    """
    tree = _tree(decode_markup(page[:_PAGE_BYTES], content_type))
    if tree is None:
        return ()
    found = _distinct(_sitemaps(tree, base) or _links(tree, base), but=base)
    chosen = [link for link in found if not link.is_comments] or found
    chosen.sort(key=lambda link: not _is_related(link.url, base))
    return tuple(Candidate(link.url, link.title) for link in chosen[: MOST + 1])


def usual(url: str) -> tuple[str, ...]:
    """Where feeds usually are on the site of `url`: below its own path first, then at the root."""
    own = urlsplit(url).path.rstrip("/")
    is_folder = own and "." not in own.rpartition("/")[2]
    below = [clean.link(f"{own}/feed", base=url)] if is_folder else []
    return tuple(filter(None, (*below, *(clean.link(path, base=url) for path in _USUAL))))


def sitemaps(robots: bytes, *, url: str) -> tuple[str, ...]:
    """The sitemaps that robots.txt names, those of news first; where it names none, where those of news usually are."""
    from protego import Protego

    named = (clean.link(sitemap, base=url) for sitemap in Protego.parse(robots.decode(errors="replace")).sitemaps)
    found = dict.fromkeys(filter(None, named))
    found = found or dict.fromkeys(filter(None, (clean.link(path, base=url) for path in NEWS_SITEMAPS)))
    return tuple(sorted(found, key=lambda sitemap: not _is_news(sitemap)))


def _tree(document: str) -> Any:
    """The document as lxml has it, nested 256 deep at most; None for an empty one."""
    # Only worker processes need it.
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(document.encode(), parser=parser)
    except etree.ParserError:
        return None


def _sitemaps(tree: Any, base: str) -> list[_Link]:
    """The sitemaps of news in a list of sitemaps."""
    listed = islice(tree.iterfind(".//sitemapindex//loc"), _LINKS)
    named = (_Link(url, "") for loc in listed if (url := _address(_text(loc), base)))
    return [link for link in named if _is_news(link.url)]


def _links(tree: Any, base: str) -> list[_Link]:
    """Those in the head; where it has none, or the page is about feeds, those in the text too."""
    against = _joined(base, next(iter(tree.xpath("//base/@href")), ""))
    tagged = [link for element in islice(tree.iter("link"), _LINKS) if (link := _tagged(element, against))]
    if tagged and not _LOOKS_LIKE_FEED.search(urlsplit(base).path):
        return tagged
    promising = (element for element in tree.iter("a") if _FEED_WORD.search(element.get("href") or ""))
    anchored = (_anchored(element, against) for element in islice(promising, _LINKS))
    return tagged + [link for link in anchored if link and _is_related(link.url, base)]


def _tagged(element: Any, base: str) -> _Link | None:
    relations = (element.get("rel") or "").lower().split()
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    url = _address(element.get("href"), base)
    if url is None or not {"alternate", "feed"} & set(relations) or "stylesheet" in relations:
        return None
    is_feed = _FEED_TYPE.fullmatch(kind) or (_XML_TYPE.fullmatch(kind) and _looks_like_feed(url)) or "feed" in relations
    return _Link(url, _title(element.get("title")), kind) if is_feed else None


def _anchored(element: Any, base: str) -> _Link | None:
    """A link in the text to what looks like a feed."""
    url = _address(element.get("href"), base)
    return _Link(url, _title(element.get("title") or _text(element))) if url and _looks_like_feed(url) else None


def _address(href: str | None, base: str) -> str | None:
    try:
        return addresses.understand(_joined(base, href)) if href else None
    except FetchError:
        return None


def _joined(base: str, href: str) -> str:
    """An address resolved; a broken one is as it stands."""
    try:
        return urljoin(base, href.strip().replace(" ", "%20"))
    except ValueError:
        return href


def _distinct(found: Iterable[_Link], *, but: str) -> list[_Link]:
    """Each address once, and each feed in one form alone; the page itself is none of them."""
    page = clean.canonical_url(but)
    once: dict[str, _Link] = {}
    for link in found:
        once.setdefault(link.url, link)
    return list(_in_one_form(link for link in once.values() if link.url != page))


def _in_one_form(found: Iterable[_Link]) -> Iterator[_Link]:
    """Without those that have the title of an earlier one, but another type: that one as Atom or JSON."""
    types: dict[str, set[str]] = {}
    for link in found:
        seen = types.setdefault(" ".join(_FORM.sub(" ", link.title).lower().split()), set())
        if not seen or link.type in seen or not link.type:
            yield link
            seen.add(link.type)


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    return bool(_LOOKS_LIKE_FEED.search(place) or _FEED_HOST.match(parts.hostname or ""))


def _is_news(url: str) -> bool:
    """By its path: `news.example.org` says it of every sitemap there."""
    return "news" in urlsplit(url).path.lower()


def _is_related(url: str, base: str) -> bool:
    """Whether one host is the other or stands below it, or is there for feeds alone.

    Services that read feeds, and whom pages link to, are neither.
    """
    ours, theirs = ((urlsplit(address).hostname or "").removeprefix("www.") for address in (base, url))
    return ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}") or theirs.startswith("feeds.")


def _title(raw: str | None) -> str:
    return clean.shorten(clean.line(raw or ""))


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()
