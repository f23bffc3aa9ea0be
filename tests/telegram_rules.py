"""What Telegram refuses: checks take what a bot sent and return its meaning, or raise `Refused` in Telegram's words.

Limits are those of https://core.telegram.org/bots/api.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.telegram_html import EntityError, Parsed, given_entities, link_fault, parse_html, trimmed, utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
ROW_LIMIT = 8
KEYBOARD_LIMIT = 100
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER_LIMIT = 200
COMMANDS_LIMIT = 100
COMMAND_LIMIT = 32
COMMAND_DESCRIPTION_LIMIT = 256
INLINE_RESULTS_LIMIT = 50
INLINE_OFFSET_BYTES = 64
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")

BUTTON_KINDS = (
    *("url", "callback_data", "web_app", "login_url", "copy_text", "callback_game", "pay"),
    *("switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"),
)
CHAT_ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
    *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}


class Refused(Exception):
    """Telegram's answer to a request that it does not carry out.

    `violation` tells a request that was wrong in itself from one that met a circumstance: a reader who blocked the bot,
    a button pressed twice.
    """

    def __init__(
        self,
        description: str,
        *,
        status: int = 400,
        parameters: Mapping[str, int] | None = None,
        violation: bool = True,
    ) -> None:
        super().__init__(f"{'Bad Request: ' if status == 400 else ''}{description}")
        self.status = status
        self.parameters = parameters
        self.violation = violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button; `kind` is the field that makes it do something, `value` what that field holds."""

    text: str
    kind: str
    value: Any

    @property
    def callback_data(self) -> str | None:
        return self.value if self.kind == "callback_data" else None

    @property
    def url(self) -> str | None:
        return self.value if self.kind == "url" else None

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, self.kind: self.value}


Keyboard = tuple[tuple[Button, ...], ...]


def read_text(params: Mapping[str, Any], name: str = "text", *, limit: int = TEXT_LIMIT) -> Parsed:
    """The text in `params[name]` as a reader sees it, with at most `ENTITY_LIMIT` entities; "" where there is none."""
    source = params.get(name, "")
    if not source:
        return Parsed("")
    parsed = trimmed(_parsed(source, params, "caption_entities" if name == "caption" else "entities"))
    if not parsed.text:
        raise Refused("text must be non-empty")
    if utf16_length(parsed.text) > limit:
        raise Refused("message is too long" if name == "text" else f"message {name} is too long")
    return _few_entities(parsed)


def _parsed(source: str, params: Mapping[str, Any], entities: str) -> Parsed:
    mode = params.get("parse_mode", "").lower()
    if mode not in {"", "html"}:
        raise Refused("unsupported parse_mode")
    try:
        return parse_html(source) if mode else given_entities(source, params.get(entities) or [])
    except EntityError as error:
        raise Refused(f"can't parse entities: {error}") from error


def _few_entities(parsed: Parsed) -> Parsed:
    excess = len(parsed.entities) - ENTITY_LIMIT
    if excess <= 0:
        return parsed
    remark = f"{len(parsed.entities)} entities, of which {excess} are dropped"
    return Parsed(parsed.text, parsed.entities[:ENTITY_LIMIT], (*parsed.remarks, remark))


def read_keyboard(markup: Mapping[str, Any] | None) -> Keyboard:
    """The inline keyboard in a reply markup, row by row; empty for other kinds of markup and for none."""
    if markup is None:
        return ()
    if not isinstance(markup, Mapping):
        raise Refused("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused('field "inline_keyboard" must be an Array of Arrays')
    keyboard = tuple(tuple(read_button(button) for button in row) for row in rows if row)
    if any(len(row) > ROW_LIMIT for row in keyboard) or sum(map(len, keyboard)) > KEYBOARD_LIMIT:
        raise Refused("REPLY_MARKUP_TOO_LONG")
    return keyboard


def check_reply_keyboard(markup: Mapping[str, Any] | None, *, in_private: bool) -> None:
    """Refuses a keyboard instead of the reader's own with buttons that Telegram does not take there."""
    for button in (button for row in (markup or {}).get("keyboard", []) for button in row):
        if not button.get("text"):
            raise Refused("can't parse keyboard button: text must be non-empty")
        wanted = button.get("request_chat")
        if wanted is None:
            continue
        if not in_private:
            raise Refused("chat requests can be used in private chats only")
        users, bots = wanted.get("user_administrator_rights") or {}, wanted.get("bot_administrator_rights") or {}
        if any(given and not users.get(right) for right, given in bots.items()):
            raise Refused("user must have all the rights that are requested for the bot")


def read_button(button: object) -> Button:
    """A button of exactly one kind, with a text and a value that Telegram takes."""
    if not isinstance(button, Mapping):
        raise _bad_button("expected an Object")
    if not isinstance(button.get("text"), str):
        raise _bad_button('Can\'t find field "text"')
    if not button["text"].strip():
        raise _bad_button("text must be non-empty")
    kinds = [kind for kind in BUTTON_KINDS if button.get(kind) not in (None, False)]
    kinds = [kind for kind in kinds if button[kind] != "" or kind.startswith("switch")]
    if not kinds:
        raise _bad_button("Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise _bad_button(f"exactly one kind is allowed, found {', '.join(kinds)}")
    kind, value = kinds[0], button[kinds[0]]
    if kind == "callback_data" and len(str(value).encode()) > CALLBACK_DATA_BYTES:
        raise Refused("BUTTON_DATA_INVALID")
    if kind == "url" and (fault := link_fault(value)):
        raise Refused(f"inline keyboard button URL '{value}' is invalid: {fault}")
    return Button(text=button["text"], kind=kind, value=value)


def _bad_button(what: str) -> Refused:
    return Refused(f"can't parse inline keyboard button: {what}")


def read_commands(commands: list[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(commands) > COMMANDS_LIMIT:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    return [_command(command.get("command", ""), command.get("description", "")) for command in commands]


def _command(name: str, description: str) -> dict[str, str]:
    if not name:
        raise Refused("command must be non-empty")
    if len(name) > COMMAND_LIMIT:
        raise Refused(f"command length must not exceed {COMMAND_LIMIT}")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise Refused("BOT_COMMAND_INVALID")
    if not description.strip():
        raise Refused("command description must be non-empty")
    if len(description) > COMMAND_DESCRIPTION_LIMIT:
        raise Refused(f"command description length must not exceed {COMMAND_DESCRIPTION_LIMIT}")
    return {"command": name, "description": description}


def read_language(code: str) -> str:
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise Refused("invalid language code specified")
    return code
