"""What people do: write, press buttons, ask inline, wait for answers. The human side of the test server."""

import asyncio
import itertools
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, overload

from tests.telegram_html import utf16_length
from tests.telegram_methods import bot_member
from tests.telegram_updates import Updates
from tests.telegram_webhook import Webhook
from tests.telegram_world import BOT, Callback, CallbackAnswer, Chat, File, SentMessage, World

READER = 1001
COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/@])", re.ASCII)

Wanted = Callable[[SentMessage], bool] | str | None


class Readers:
    def __init__(self) -> None:
        self.world = World()
        self.updates = Updates()
        self.webhook = Webhook(self.updates)
        self._mark = 0
        self._query_ids = itertools.count(1)

    def register(
        self,
        chat: int,
        *,
        type: str = "private",
        name: str = "Группа <&>",
        username: str | None = None,
        topics: Iterable[int] = (),
        admins: Iterable[int] = (),
        creator: int | None = None,
        bot_rights: Iterable[str] = (),
        left: bool = False,
    ) -> Chat:
        """Makes a chat known to the bot; `topics` are a forum's thread ids, `left` is where the bot is no member."""
        known = Chat(
            id=chat,
            type=type,
            name=name,
            username=username,
            topics=frozenset(topics),
            admins=frozenset(admins),
            creator=creator,
            bot_rights=frozenset(bot_rights),
            left=left,
        )
        self.world.chats[chat] = known
        return known

    def say(
        self,
        text: str | None,
        *,
        user: int = READER,
        chat: int | None = None,
        thread: int | None = None,
        language: str | None = "ru",
        **fields: Any,
    ) -> int:
        """Writes to the bot, in private unless `chat` names a registered one; `fields` join the message (a location).

        Whoever writes has unblocked the bot. Returns the update's id.
        """
        person = self.world.person(user, language)
        place = self._place(user, chat)
        self.world.blocked.discard(place.id)
        message_id = next(self.world.message_ids)
        self.world.heard.add((place.id, message_id))
        sender = {"sender_chat": place.as_json()} if place.type == "channel" else {"from": person}
        message = {"message_id": message_id, "date": int(time.time()), "chat": place.as_json()} | sender | fields
        if text is not None:
            message |= {"text": text} | ({"entities": found} if (found := command_entities(text)) else {})
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        return self.push("channel_post" if place.type == "channel" else "message", message)

    def admit(
        self, chat: int, *, by: int = READER, rights: Iterable[str] | None = None, language: str | None = "ru"
    ) -> int:
        """Lets the bot in, as an admin with `rights`, or changes what it may do. Returns the update's id."""
        place = self.world.chats[chat]
        before = bot_member(place)
        place.left, place.bot_rights = False, frozenset(rights or ())
        self.world.blocked.discard(chat)
        return self._membership(place, before, bot_member(place), by, language)

    def dismiss(self, chat: int, *, by: int = READER, language: str | None = "ru") -> int:
        """Kicks the bot out of a group or a channel; a person who does it to their own chat blocks the bot."""
        place = self.world.chats[chat]
        before = bot_member(place)
        self.world.blocked.add(chat)
        gone = {"status": "kicked", "user": BOT, "until_date": 0}
        place.left = place.type != "private"
        return self._membership(place, before, gone, by, language)

    def upgrade(self, group: int, *, to: int, by: int = READER) -> None:
        """Makes a supergroup of a group: both say so."""
        old = self.world.chats[group]
        new = self.world.chats[to] = replace(old, id=to, type="supergroup")
        told = {"date": int(time.time()), "from": self.world.person(by)}
        for place, moved in ((old, {"migrate_to_chat_id": to}), (new, {"migrate_from_chat_id": group})):
            message = {"message_id": next(self.world.message_ids), "chat": place.as_json()} | moved | told
            self.push("message", message)

    def share_chat(self, chat: int, *, user: int = READER, request_id: int = 1) -> int:
        """Chooses a chat in Telegram's picker; the bot learns of it."""
        shared = {"request_id": request_id, "chat_id": chat}
        return self.say(None, user=user, chat_shared=shared)

    def _membership(
        self, place: Chat, before: dict[str, Any], after: dict[str, Any], by: int, language: str | None
    ) -> int:
        payload = {"chat": place.as_json(), "from": self.world.person(by, language), "date": int(time.time())}
        return self.push("my_chat_member", payload | {"old_chat_member": before, "new_chat_member": after})

    def send_file(self, name: str, content: bytes, *, content_type: str = "text/xml", **fields: Any) -> int:
        """Sends the bot a document; `fields` as for `say`. Returns the update's id."""
        file_id = f"upload-{len(self.world.files) + 1}"
        self.world.files[file_id] = File(name=name, content_type=content_type, content=content)
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "mime_type": content_type}
        return self.say(None, document=document | {"file_size": len(content)}, **fields)

    def press(
        self, message: SentMessage, button: str | int, *, user: int | None = None, language: str | None = "ru"
    ) -> str:
        """Presses a button that the message shows at this moment; the id that `answered` waits for."""
        pressed = message.button(button)
        if pressed.callback_data is None:
            raise AssertionError(f"pressing {pressed.text!r} ({pressed.kind}) tells the bot nothing")
        presser = user if user is not None else (message.chat_id if message.chat_id > 0 else READER)
        query = str(next(self._query_ids))
        self.world.callbacks[query] = Callback(message=message, at=time.monotonic())
        payload = {
            "id": query,
            "from": self.world.person(presser, language),
            "message": self.world.message_json(message),
            "chat_instance": str(message.chat_id),
            "data": pressed.callback_data,
        }
        self.push("callback_query", payload)
        return query

    def inline(self, query: str, *, user: int = READER, offset: str = "", language: str | None = "ru") -> str:
        """Types `@bot query` in some chat; the id under which `world.inline_answers` keeps the results."""
        query_id = str(next(self._query_ids))
        self.world.inline_answers[query_id] = None
        person = self.world.person(user, language)
        self.push("inline_query", {"id": query_id, "from": person, "query": query, "offset": offset})
        return query_id

    def push(self, kind: str, payload: dict[str, Any]) -> int:
        """Queues any update; `wait_for` looks at what comes after it."""
        self._mark = len(self.world.activity)
        return self.updates.put(kind, payload)

    def expire(self, query: str) -> None:
        """Makes a pressed button too old to be answered."""
        self.world.callbacks[query].expired = True

    def messages_to(self, chat: int, *, thread: int | None = None) -> list[SentMessage]:
        return [message for message in self.world.sent if (message.chat_id, message.thread_id) == (chat, thread)]

    async def answered(self, query: str, *, timeout_s: float = 10.0) -> CallbackAnswer:
        """The bot's answer to a pressed button."""
        try:
            return await self.world.until(lambda: self.world.callbacks[query].answer, timeout_s=timeout_s)
        except TimeoutError:
            raise AssertionError(f"the pressed button was not answered within {timeout_s} s\n{self.story()}") from None

    @overload
    async def wait_for(
        self, wanted: int, *, chat: int | None = None, since: int | None = None, timeout_s: float = 10.0
    ) -> list[SentMessage]: ...

    @overload
    async def wait_for(
        self, wanted: Wanted = None, *, chat: int | None = None, since: int | None = None, timeout_s: float = 10.0
    ) -> SentMessage: ...

    async def wait_for(
        self, wanted: Wanted | int = None, *, chat: int | None = None, since: int | None = None, timeout_s: float = 10.0
    ) -> SentMessage | list[SentMessage]:
        """The first message, or so many, that the bot sent or edited after the latest `say`, `press` or `inline`.

        `wanted` may be a count, a part of the text or a predicate; `since` an earlier or later `len(activity)`.
        """
        begin = self._mark if since is None else since

        def found() -> SentMessage | list[SentMessage] | None:
            shown = [message for message in self.world.activity[begin:] if chat in (None, message.chat_id)]
            if isinstance(wanted, int):
                return shown if len(shown) >= wanted else None
            return next((message for message in shown if _is(message, wanted)), None)

        try:
            return await self.world.until(found, timeout_s=timeout_s)
        except TimeoutError:
            raise AssertionError(f"{wanted!r} did not come within {timeout_s} s\n{self.story(begin)}") from None

    async def confirmed(self, *, timeout_s: float = 10.0) -> None:
        """Waits until Telegram keeps no update any more: the bot has confirmed them all."""
        async with asyncio.timeout(timeout_s):
            while self.updates.pending:  # noqa: ASYNC110 - an update that is gone rings no bell
                await asyncio.sleep(0.01)

    def story(self, since: int = 0) -> str:
        """What happened, for a failed test to show: messages shown, requests refused, the newest calls."""
        shown = [f"shown in {message.chat_id}: {message.text[:200]!r}" for message in self.world.activity[since:]]
        refused = [f"refused: {refusal}" for refusal in self.world.refused]
        calls = [f"call: {call.method}" for call in self.world.calls if call.method != "getUpdates"]
        return "\n".join([*shown, *refused, *calls[-10:]])

    def _place(self, user: int, chat: int | None) -> Chat:
        if chat is None:
            return self.world.chats.get(user) or self.register(user, name=self.world.person(user)["first_name"])
        return self.world.chats[chat]


def command_entities(text: str) -> list[dict[str, Any]]:
    """The `bot_command` entities that Telegram finds in a message."""
    return [
        {"type": "bot_command", "offset": utf16_length(text[: found.start()]), "length": len(found[0])}
        for found in COMMAND.finditer(text)
    ]


def _is(message: SentMessage, wanted: Wanted) -> bool:
    if callable(wanted):
        return wanted(message)
    return wanted is None or wanted in message.text
