"""An article's web page → its text, without what stands around it, and its picture.

    page ─ decode ─ tree without menus ─ trafilatura ─ paragraphs ─ headline, date and invitations off ──▶ text
                             └─ og:image, twitter:image ──────────────────────────────────────────────▶ image

Slow, and of somebody else's making: keep it in a worker process.
"""

import re
from dataclasses import dataclass, replace
from itertools import dropwhile
from typing import Any, Final

from bot.sources import boilerplate, clean, pictures
from bot.sources.encoding import decode_markup
from bot.sources.pictures import Picture
from storage.models import Draft

# A headline and a line or two say too little to match on; a feed that brings as much brings all it has.
SHORT: Final = 400

_TELEGRAM = "https://t.me/"
_PAGE_BYTES = 3_000_000  # an article's page has some hundred kilobytes
_ELEMENTS = 20_000  # of those that read well the largest have three thousand
# Where trafilatura finds little text it looks around, and takes these for it.
_AROUND = ("nav", "aside", "footer")
_LABEL = 120  # characters: headlines, dates, names of sections; a paragraph without an end is longer
_ENDED = re.compile(r"[.!?…:;][\"'»”’)\]]*\Z")

_OPEN_GRAPH = ("og:image", "og:image:url")
_CARD = ("twitter:image", "twitter:image:src")


@dataclass(frozen=True, slots=True)
class Page:
    """What an article's page holds: clean paragraphs, empty where there are none, and the address of a picture."""

    text: str = ""
    image: str | None = None


def wants_text(draft: Draft) -> bool:
    """Whether an article's own page is worth a request: it has one, and the feed brought hardly any text.

    A post on Telegram is all there is.
    """
    return draft.url is not None and len(draft.text) < SHORT and not draft.url.startswith(_TELEGRAM)


def article(page: bytes, *, url: str, content_type: str = "") -> Page:
    """The article on a page, its text from its first full sentence on."""
    # A third of a second and 50 MB that only a worker spends, and only where full text is wanted.
    from trafilatura import extract

    tree = _tree(decode_markup(page, content_type)) if len(page) <= _PAGE_BYTES else None
    if tree is None:
        return Page()
    # First, for the text is taken out of the tree.
    image = pictures.first(_pictures(tree), base=_base(tree, url))
    text = extract(tree, url=url, include_comments=False, include_tables=False)
    paragraphs = filter(None, (clean.line(line.removeprefix("- ")) for line in (text or "").splitlines()))
    return Page(boilerplate.without("\n\n".join(dropwhile(_is_label, paragraphs))), image)


def _tree(document: str) -> Any:
    """The page without what stands around its text, nested 256 deep at most; None for what is empty or no page."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(document.encode(), parser=parser)
    except etree.ParserError:
        return None
    if sum(1 for _ in tree.iter()) > _ELEMENTS:
        return None
    etree.strip_elements(tree, *_AROUND, with_tail=False)
    return tree


def _base(tree: Any, url: str) -> str:
    """What the page's relative addresses are relative to."""
    return next((found for href in tree.xpath("//base/@href") if (found := clean.link(href, base=url))), url)


def _pictures(tree: Any) -> list[Picture]:
    """What the page shows where it is shared: Open Graph's (https://ogp.me/), then that of Twitter's cards."""
    graph, card = list[Picture](), list[Picture]()
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        said = meta.get("content") or ""
        if name in _OPEN_GRAPH:
            graph.append(Picture(said))
        elif name in _CARD:
            card.append(Picture(said))
        elif graph and name == "og:image:width":
            graph[-1] = replace(graph[-1], width=_pixels(said))
        elif graph and name == "og:image:height":
            graph[-1] = replace(graph[-1], height=_pixels(said))
    return graph + card


def _pixels(said: str) -> int:
    digits = said.strip().removesuffix("px").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0


def _is_label(paragraph: str) -> bool:
    """Whether it is no sentence of the text: the headline, a date, the section's name."""
    return len(paragraph) <= _LABEL and not _ENDED.search(paragraph)
