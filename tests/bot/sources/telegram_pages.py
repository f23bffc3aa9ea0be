"""Pages as Telegram's site shows channels."""


def page(*posts: str, title: str = "Пример новостей", older: int | None = None) -> str:
    """`https://t.me/s/example` with these posts, the oldest first."""
    more = f'<a href="/s/example?before={older}" class="tme_messages_more js-messages_more" data-before="{older}"></a>'
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta property="og:title" content="{title}"></head>
<body class="widget_frame_base tgme_webpreview emoji_image">
<header class="tgme_header"><div class="tgme_channel_info">
  <div class="tgme_channel_info_header"><div class="tgme_channel_info_header_title_wrap">
    <div class="tgme_channel_info_header_title"><span dir="auto">{title}</span></div>
  </div></div>
  <div class="tgme_channel_info_description">О том, <b>что</b> нового</div>
</div></header>
<main class="tgme_main" data-url="/s/example"><section class="tgme_channel_history js-message_history">
{more if older else ""}{"".join(posts)}
</section></main></body></html>"""


def post(
    number: int, text: str | None, *, when: str = "2025-12-24T05:30:00+00:00", kind: str = "", above: str = ""
) -> str:
    """A post, `text` in HTML, None for a photo alone; `kind` is a further class, `above` what stands over the text."""
    said = (
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        if text is not None
        else """<a class="tgme_widget_message_photo_wrap" style="background-image:url('a.jpg')"></a>"""
    )
    return f"""
<div class="tgme_widget_message_wrap js-widget_message_wrap">
<div class="tgme_widget_message text_not_supported_wrap {kind} js-widget_message" data-post="example/{number}">
  <div class="tgme_widget_message_bubble">
    <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name"
      href="https://t.me/example"><span dir="auto">Пример новостей</span></a></div>
    {above}{said}
    <div class="tgme_widget_message_footer compact js-message_footer">
      <div class="tgme_widget_message_info short js-message_info">
        <span class="tgme_widget_message_views">1.2K</span>
        <span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date"
          href="https://t.me/example/{number}"><time datetime="{when}" class="time">05:30</time></a></span>
      </div></div>
  </div></div></div>"""


REPLY = """<a class="tgme_widget_message_reply user-color-7" href="https://t.me/example/1">
  <div class="tgme_widget_message_author accent_color"><span dir="auto">Кто-то</span></div>
  <div class="tgme_widget_message_text js-message_reply_text" dir="auto">На что отвечают</div></a>"""

FORWARDED = """<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from
  <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/other/7"><span dir="auto">Другой</span></a>
</div>"""

ABOUT = """<!DOCTYPE html><html><head><meta property="og:title" content="Пример"></head><body class="no_transition">
<div class="tgme_page_wrap"><div class="tgme_body_wrap"><div class="tgme_page">
<div class="tgme_page_title" dir="auto"><span dir="auto">Пример</span></div>
<div class="tgme_page_extra">3 subscribers</div>
</div></div></div></body></html>"""
