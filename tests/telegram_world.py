"""What the test server knows: chats, people, messages and pressed buttons. It survives a bot that is killed."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.telegram_html import Entity
from tests.telegram_rules import Button, Keyboard, Refused

BOT_ID = 4200000001
BOT = {
    "id": BOT_ID,
    "is_bot": True,
    "first_name": "Newsbot",
    "username": "newsbot_under_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
GONE = {"private": "bot was blocked by the user", "group": "bot was kicked from the group chat"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came, whatever was answered; nested values are decoded, numbers are numbers."""

    method: str
    params: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message shows: `text` after entity parsing, `html` as the bot sent it. `at` is monotonic, in seconds."""

    text: str
    html: str
    entities: tuple[Entity, ...]
    keyboard: Keyboard
    markup: Mapping[str, Any] | None
    at: float

    @property
    def shown(self) -> tuple[str, tuple[Entity, ...], Keyboard]:
        return self.text, self.entities, self.keyboard


@dataclass(slots=True, kw_only=True, eq=False)
class SentMessage:
    """A message that the server accepted; edits add to `versions`, and the other properties tell the newest."""

    chat_id: int
    thread_id: int | None
    message_id: int
    method: str
    versions: list[Content]
    reply_to: int | None = None
    file: File | None = None
    deleted: bool = False

    @property
    def text(self) -> str:
        return self.versions[-1].text

    @property
    def html(self) -> str:
        return self.versions[-1].html

    @property
    def entities(self) -> tuple[Entity, ...]:
        return self.versions[-1].entities

    @property
    def keyboard(self) -> Keyboard:
        return self.versions[-1].keyboard

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(itertools.chain.from_iterable(self.keyboard))

    @property
    def at(self) -> float:
        return self.versions[0].at

    def button(self, wanted: str | int) -> Button:
        """By place, by its whole text or by a part that only one has; raises AssertionError where there is none."""
        texts = [button.text for button in self.buttons]
        if self.deleted:
            raise AssertionError(f"message {self.message_id} is deleted")
        if isinstance(wanted, int):
            found = list(self.buttons[wanted:][:1])
        else:
            found = [button for button in self.buttons if button.text == wanted]
            found = found or [button for button in self.buttons if wanted in button.text]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} buttons are {wanted!r} among {texts} under {self.text[:80]!r}")
        return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswer:
    """What the bot answered to a pressed button, and how long after the press."""

    text: str
    show_alert: bool
    after_s: float


@dataclass(slots=True, kw_only=True)
class Callback:
    message: SentMessage
    at: float
    answer: CallbackAnswer | None = None
    expired: bool = False


@dataclass(slots=True, kw_only=True)
class Chat:
    id: int
    type: str
    name: str
    username: str | None = None
    topics: frozenset[int] = frozenset()
    admins: frozenset[int] = frozenset()
    creator: int | None = None
    left: bool = False
    # Of a group that lets its members write nothing; and what the bot may do where it is an admin.
    silent: bool = False
    bot_rights: frozenset[str] = frozenset()

    @property
    def bot_status(self) -> str:
        return "left" if self.left else "administrator" if self.bot_rights else "member"

    def as_json(self) -> dict[str, Any]:
        title = {"first_name": self.name} if self.type == "private" else {"title": self.name}
        fields: dict[str, Any] = {"id": self.id, "type": self.type, **title}
        if self.topics:
            fields["is_forum"] = True
        return fields | ({"username": self.username} if self.username else {})


class World:
    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.sent: list[SentMessage] = []
        self.activity: list[SentMessage] = []
        self.calls: list[Call] = []
        self.refused: list[str] = []
        self.violations: list[str] = []
        self.callbacks: dict[str, Callback] = {}
        self.inline_answers: dict[str, list[dict[str, Any]] | None] = {}
        self.heard: set[tuple[int, int]] = set()
        self.deleted: set[tuple[int, int]] = set()
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, str] = {}
        self.message_ids = itertools.count(1)
        self._bell = asyncio.Event()

    def changed(self) -> None:
        """Wakes everyone who waits in `until`."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def until(self, ready: Callable[[], T | None], *, timeout_s: float) -> T:
        """What `ready` finds, asked again after each change; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while (found := ready()) is None:
                await self._bell.wait()
        return found

    def chat(self, wanted: object, *, is_present: bool = True) -> Chat:
        """The chat a request names; refuses one that the bot never met, and one that has turned it away.

        A public one may be looked at from outside: then it need not be `is_present` there.
        """
        if wanted in (None, ""):
            raise Refused("chat_id is empty")
        chat = next((chat for chat in self.chats.values() if wanted in (chat.id, f"@{chat.username}")), None)
        if chat is None and wanted in self.people:
            raise Refused("Forbidden: bot can't initiate conversation with a user", status=403, violation=False)
        if chat is None:
            # Names are what people type.
            raise Refused("chat not found", violation=not isinstance(wanted, str))
        if chat.username and not is_present:
            return chat
        if chat.id in self.blocked:
            reason = GONE.get(chat.type, f"bot was kicked from the {chat.type} chat")
            raise Refused(f"Forbidden: {reason}", status=403, violation=False)
        if chat.left:
            raise Refused(f"Forbidden: bot is not a member of the {chat.type} chat", status=403, violation=is_present)
        return chat

    def person(self, user: int, language: str | None = None) -> dict[str, Any]:
        """A Telegram user, met at the first call; their name needs escaping wherever it is shown."""
        known = self.people.setdefault(user, {"id": user, "is_bot": False, "first_name": "Читатель <&>"})
        return known | ({"language_code": language} if language else {})

    def message(self, params: Mapping[str, Any], *, absent: str) -> SentMessage:
        """The bot's own message that a request names, or a refusal that says `absent`."""
        chat, message_id = self.chat(params.get("chat_id")), params.get("message_id")
        if message_id is None:
            raise Refused("message identifier is not specified")
        if (chat.id, message_id) in self.heard:
            raise Refused("message can't be edited")
        for message in self.sent:
            if (message.chat_id, message.message_id) == (chat.id, message_id) and not message.deleted:
                return message
        raise Refused(absent)

    def post(self, message: SentMessage) -> SentMessage:
        self.sent.append(message)
        return self._shown(message)

    def edit(self, message: SentMessage, content: Content) -> SentMessage:
        if content.shown == message.versions[-1].shown:
            same = "specified new message content and reply markup are exactly the same"
            same += " as a current content and reply markup of the message"
            raise Refused(f"message is not modified: {same}", violation=False)
        message.versions.append(content)
        return self._shown(message)

    def _shown(self, message: SentMessage) -> SentMessage:
        self.activity.append(message)
        self.changed()
        return message

    def message_json(self, message: SentMessage) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "message_id": message.message_id,
            "date": int(time.time()),
            "chat": self.chats[message.chat_id].as_json(),
            "from": BOT,
            "text" if message.file is None else "caption": message.text,
        }
        if message.entities:
            fields["entities" if message.file is None else "caption_entities"] = _each_json(message.entities)
        if message.keyboard:
            fields["reply_markup"] = {"inline_keyboard": [_each_json(row) for row in message.keyboard]}
        if message.thread_id is not None:
            fields |= {"message_thread_id": message.thread_id, "is_topic_message": True}
        if len(message.versions) > 1:
            fields["edit_date"] = fields["date"]
        return fields | self._file_json(message)

    def _file_json(self, message: SentMessage) -> dict[str, Any]:
        if message.file is None:
            return {}
        file_id = f"file-{message.chat_id}-{message.message_id}"
        self.files[file_id] = message.file
        fields = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(message.file.content)}
        if message.method == "sendPhoto":
            return {"photo": [fields | {"width": 640, "height": 480}]}
        return {"document": fields | {"file_name": message.file.name, "mime_type": message.file.content_type}}


def _each_json(values: Iterable[Entity] | Iterable[Button]) -> list[dict[str, Any]]:
    return [value.as_json() for value in values]
