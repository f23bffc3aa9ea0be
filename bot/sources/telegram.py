"""The page of a Telegram channel on the Web → drafts: `https://t.me/s/CHANNEL`, which shows its latest posts.

A post with words is an article, its beginning the headline. Photos alone, what the channel says of itself (a pinned
post, a new picture) and what it is paid for are left out. A channel without such a page leads to `https://t.me/NAME`:
NoPreview.
"""

import re
from dataclasses import replace
from typing import Any

from bot.sources import boilerplate, clean, drafts, headlines, pictures, rows
from bot.sources.advertising import is_advertisement
from bot.sources.drafts import Contents, NoPreview
from bot.sources.pictures import Picture
from storage.models import Draft

_WEB = "https://t.me"
_PREVIEW = re.compile(r"""["' ]tgme_channel_(?:info|history)\b""")
_ABOUT = re.compile(r"""["' ]tgme_page\b""")
_POST = re.compile(r"(?P<channel>[A-Za-z]\w{1,63})/\d{1,19}", re.ASCII)
_OLDER = re.compile(r"(?:https://t\.me)?(?P<path>/s/\w{1,64}\?before=\d{1,19})", re.ASCII)
_DRAWN = re.compile(r"background-image\s*:\s*url\(\s*['\"]?(?P<href>[^'\"()]+)", re.IGNORECASE)


def is_page(document: str) -> bool:
    """Whether a page is Telegram's, with posts or without."""
    return bool(_PREVIEW.search(document) or _ABOUT.search(document))


def read(document: str, *, most: int | None = None) -> Contents:
    """The posts of a channel as the page orders them, the oldest first. NoPreview for a page that shows none."""
    if not _PREVIEW.search(document):
        raise NoPreview("the channel shows no posts on the Web")
    page = _tree(document)
    if page is None:
        raise NoPreview("the page is empty but for a comment")
    title = _title(page)
    posts = [post for post in _of_class(page, "tgme_widget_message") if _is_article(post)]
    return replace(
        drafts.collect(posts, lambda post: _draft(post, title), most=most),
        title=title,
        kind="Telegram",
        site=next((f"{_WEB}/{_id(post).partition('/')[0]}" for post in posts), None),
        older=_older(page),
    )


def _tree(document: str) -> Any:
    from lxml import etree

    return etree.fromstring(document.encode(), etree.HTMLParser(encoding="utf-8", remove_comments=True))


def _of_class(node: Any, name: str) -> list[Any]:
    """The elements below a node that carry this class, those within another such element left out."""
    carries = f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    found: list[Any] = node.xpath(f".//*[{carries}][not(ancestor::*[{carries}])]")
    return found


def _title(page: Any) -> str:
    shown = _of_class(page, "tgme_channel_info_header_title")
    told = page.xpath("//meta[@property='og:title']/@content")
    return clean.line(shown[0].xpath("string()") if shown else told[0] if told else "")


def _is_article(post: Any) -> bool:
    own = (post.get("class") or "").split()
    is_post = "service_message" not in own and bool(_POST.fullmatch(_id(post)) and _text(post))
    return is_post and not any(is_advertisement(_said(node)) for node in _of_class(post, "js-message_text"))


def _said(node: Any) -> str:
    """The words of a post, and the addresses that they lead to."""
    return "\n".join((*node.itertext(), *node.xpath(".//a/@href")))


def _id(post: Any) -> str:
    return post.get("data-post") or ""


def _text(post: Any) -> str:
    """What a post says, without what it answers to or forwards the reader to."""
    from lxml import etree

    said = (
        clean.html(etree.tostring(node, encoding="unicode", method="html", with_tail=False))
        for node in _of_class(post, "js-message_text")
    )
    return boilerplate.without("\n\n".join(said))


def _draft(post: Any, source: str) -> Draft:
    text = _text(post)
    moments = post.xpath(".//*[contains(@class, 'tgme_widget_message_meta')]//time/@datetime")
    return drafts.make(
        title=headlines.headline(text),
        text=text,
        url=f"{_WEB}/{_id(post)}",
        guid=_id(post),
        source=source,
        published_at=drafts.dated(rows.moment(moments[0])) if moments else None,
        image=pictures.first(_pictures(post), base=_WEB),
    )


def _pictures(post: Any) -> list[Picture]:
    """The photos, else the first frame of a video: both are backgrounds."""
    shown = (*_of_class(post, "tgme_widget_message_photo_wrap"), *_of_class(post, "tgme_widget_message_video_thumb"))
    return [Picture(found["href"]) for node in shown if (found := _DRAWN.search(node.get("style") or ""))]


def _older(page: Any) -> str | None:
    hrefs = page.xpath("//a[@data-before]/@href | //link[@rel='prev']/@href")
    return next((_WEB + found["path"] for href in hrefs if (found := _OLDER.fullmatch(href))), None)
