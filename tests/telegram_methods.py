"""The Bot API's methods over a `World`: each takes a decoded request and returns its result, or raises `Refused`."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.telegram_rules import (
    CALLBACK_ANSWER_LIMIT,
    CAPTION_LIMIT,
    CHAT_ACTIONS,
    INLINE_OFFSET_BYTES,
    INLINE_RESULTS_LIMIT,
    START_PARAMETER,
    TEXT_LIMIT,
    Refused,
    check_reply_keyboard,
    read_commands,
    read_keyboard,
    read_language,
    read_text,
)
from tests.telegram_world import BOT, CallbackAnswer, Chat, Content, File, SentMessage, World

DOWNLOAD_LIMIT_BYTES = 20 * 2**20
IMAGE_BEGINS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")
PROFILE_LIMITS = {"description": 512, "short_description": 120}
ADMIN_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
    *("can_edit_stories", "can_delete_stories", "can_send_welcome_messages", "can_post_messages"),
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    params: Mapping[str, Any]
    files: Mapping[str, File]


def get_me(_world: World, _request: Request) -> object:
    return BOT


def succeed(_world: World, _request: Request) -> object:
    return True


def send_message(world: World, request: Request) -> object:
    if not request.params.get("text"):
        raise Refused("message text is empty")
    return _post(world, request, _content(world, request), None)


def send_photo(world: World, request: Request) -> object:
    content, file = _content(world, request, "caption"), _file(world, request, "photo")
    if not file.content.startswith(IMAGE_BEGINS):
        raise Refused("IMAGE_PROCESS_FAILED")
    return _post(world, request, content, file)


def send_document(world: World, request: Request) -> object:
    return _post(world, request, _content(world, request, "caption"), _file(world, request, "document"))


def get_file(world: World, request: Request) -> object:
    file_id = request.params.get("file_id", "")
    file = world.files.get(file_id)
    if file is None:
        raise Refused("invalid file_id")
    if len(file.content) > DOWNLOAD_LIMIT_BYTES:
        raise Refused("file is too big")
    path = f"documents/{file_id}"
    world.paths[path] = file_id
    size = len(file.content)
    return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": path}


def edit_message_text(world: World, request: Request) -> object:
    if not request.params.get("text"):
        raise Refused("message text is empty")
    content = _content(world, request)
    message = world.message(request.params, absent="message to edit not found")
    if message.file is not None:
        raise Refused("there is no text in the message to edit")
    return world.message_json(world.edit(message, content))


def edit_message_reply_markup(world: World, request: Request) -> object:
    message = world.message(request.params, absent="message to edit not found")
    markup = request.params.get("reply_markup")
    content = replace(message.versions[-1], keyboard=read_keyboard(markup), markup=markup, at=time.monotonic())
    return world.message_json(world.edit(message, content))


def delete_message(world: World, request: Request) -> object:
    chat, message_id = world.chat(request.params.get("chat_id")), int(request.params.get("message_id", 0))
    if (chat.id, message_id) in world.heard:
        if chat.type != "private" and "can_delete_messages" not in chat.bot_rights:
            raise Refused("message can't be deleted", violation=False)
        world.deleted.add((chat.id, message_id))
        return True
    world.message(request.params, absent="message to delete not found").deleted = True
    world.changed()
    return True


def send_chat_action(world: World, request: Request) -> object:
    world.chat(request.params.get("chat_id"))
    if request.params.get("action") not in CHAT_ACTIONS:
        raise Refused("wrong parameter action in request")
    return True


def answer_callback_query(world: World, request: Request) -> object:
    callback = world.callbacks.get(request.params.get("callback_query_id", ""))
    text = request.params.get("text", "")
    if len(text) > CALLBACK_ANSWER_LIMIT:
        raise Refused("MESSAGE_TOO_LONG")
    if callback is None or callback.answer or callback.expired:
        gone = "query is too old and response timeout expired or query ID is invalid"
        raise Refused(gone, violation=callback is None or not callback.expired)
    alert = bool(request.params.get("show_alert"))
    callback.answer = CallbackAnswer(text=text, show_alert=alert, after_s=time.monotonic() - callback.at)
    world.changed()
    return True


def answer_inline_query(world: World, request: Request) -> object:
    query, results = request.params.get("inline_query_id", ""), request.params.get("results", [])
    if world.inline_answers.get(query, []) is not None:
        raise Refused("query is too old and response timeout expired or query ID is invalid")
    if len(results) > INLINE_RESULTS_LIMIT:
        raise Refused("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) < len(results):
        raise Refused("RESULT_ID_DUPLICATE")
    if len(request.params.get("next_offset", "").encode()) > INLINE_OFFSET_BYTES:
        raise Refused("NEXT_OFFSET_INVALID")
    door = request.params.get("button")
    if door and not (door.get("text") and START_PARAMETER.fullmatch(door.get("start_parameter", ""))):
        raise Refused("START_PARAM_INVALID")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64:
            raise Refused("RESULT_ID_INVALID")
        content = result.get("input_message_content") or {}
        parsed = read_text(content | {"text": content.get("message_text", "")})
        read_keyboard(result.get("reply_markup"))
        _note(world, request.method, parsed.remarks)
    world.inline_answers[query] = results
    world.changed()
    return True


def set_my_commands(world: World, request: Request) -> object:
    if chat_id := (request.params.get("scope") or {}).get("chat_id"):
        if chat_id not in world.chats:
            # Whom the bot has not met yet may be somebody whom the operator has named.
            raise Refused("chat not found", violation=False)
        world.chat(chat_id)
    world.commands[_audience(request)] = read_commands(request.params.get("commands", []))
    return True


def delete_my_commands(world: World, request: Request) -> object:
    if chat_id := (request.params.get("scope") or {}).get("chat_id"):
        world.chat(chat_id)
    world.commands.pop(_audience(request), None)
    return True


def get_my_commands(world: World, request: Request) -> object:
    return world.commands.get(_audience(request), [])


def set_my_text(world: World, request: Request) -> object:
    field = "short_description" if "short" in request.method.lower() else "description"
    text = request.params.get(field, "")
    if len(text) > PROFILE_LIMITS[field]:
        raise Refused(f"bot {field.replace('_', ' ')} is too long")
    world.profile[field, read_language(request.params.get("language_code", ""))] = text
    return True


def get_my_text(world: World, request: Request) -> object:
    field = "short_description" if "short" in request.method.lower() else "description"
    language = read_language(request.params.get("language_code", ""))
    return {field: world.profile.get((field, language), "")}


def get_chat(world: World, request: Request) -> object:
    chat = world.chat(request.params.get("chat_id"), is_present=False)
    gifts = dict.fromkeys(GIFTS, False)
    return chat.as_json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_chat_member(world: World, request: Request) -> object:
    chat, user = world.chat(request.params.get("chat_id"), is_present=False), request.params.get("user_id", 0)
    if chat.type == "channel" and chat.left:
        raise Refused("member list is inaccessible", violation=False)
    return _member(world, chat, user)


def get_chat_administrators(world: World, request: Request) -> object:
    chat = world.chat(request.params.get("chat_id"))
    if chat.type == "private":
        raise Refused("there are no administrators in the private chat")
    return [_member(world, chat, user) for user in sorted(chat.admins)]


def leave_chat(world: World, request: Request) -> object:
    chat = world.chat(request.params.get("chat_id"))
    if chat.type == "private":
        raise Refused("chat member status can't be changed in private chats")
    chat.left = True
    return True


def _content(world: World, request: Request, name: str = "text") -> Content:
    parsed = read_text(request.params, name, limit=CAPTION_LIMIT if name == "caption" else TEXT_LIMIT)
    _note(world, request.method, parsed.remarks)
    markup = request.params.get("reply_markup")
    return Content(
        text=parsed.text,
        html=request.params.get(name, ""),
        entities=parsed.entities,
        keyboard=read_keyboard(markup),
        markup=markup,
        at=time.monotonic(),
    )


def _post(world: World, request: Request, content: Content, file: File | None) -> object:
    chat = world.chat(request.params.get("chat_id"))
    thread = request.params.get("message_thread_id")
    if thread is not None and thread not in chat.topics:
        raise Refused("message thread not found")
    if chat.silent:
        raise Refused("not enough rights to send text messages to the chat", violation=False)
    if chat.type == "channel" and chat.bot_rights and "can_post_messages" not in chat.bot_rights:
        raise Refused("need administrator rights in the channel chat", violation=False)
    check_reply_keyboard(request.params.get("reply_markup"), in_private=chat.type == "private")
    message = SentMessage(
        chat_id=chat.id,
        thread_id=thread,
        message_id=next(world.message_ids),
        method=request.method,
        versions=[content],
        reply_to=_reply_to(world, chat, request.params.get("reply_parameters")),
        file=file,
    )
    return world.message_json(world.post(message))


def _reply_to(world: World, chat: Chat, reply: Mapping[str, Any] | None) -> int | None:
    if reply is None:
        return None
    known = world.heard | {(message.chat_id, message.message_id) for message in world.sent if not message.deleted}
    if "message_id" not in reply:
        raise Refused('can\'t find field "message_id"')
    message_id = int(reply["message_id"])
    if (chat.id, message_id) in known:
        return message_id
    if not reply.get("allow_sending_without_reply"):
        raise Refused("message to be replied not found")
    return None


def _file(world: World, request: Request, name: str) -> File:
    value = request.params.get(name, "")
    file = request.files.get(name) or request.files.get(value.removeprefix("attach://")) or world.files.get(value)
    if file is None:
        raise Refused("wrong file identifier/HTTP URL specified" if value else f"there is no {name} in the request")
    if not file.content:
        raise Refused("file must be non-empty")
    return file


def bot_member(chat: Chat) -> dict[str, Any]:
    """The bot as a member of the chat; one of a channel is its admin."""
    rights = chat.bot_rights or (frozenset({"can_post_messages"}) if chat.type == "channel" else frozenset())
    if rights and not chat.left:
        return {"status": "administrator", "user": BOT} | {right: right in rights for right in ADMIN_RIGHTS}
    return {"status": chat.bot_status, "user": BOT}


def _member(world: World, chat: Chat, user: int) -> dict[str, Any]:
    if user == BOT["id"]:
        return bot_member(chat)
    if user not in world.people and user not in chat.admins:
        raise Refused("PARTICIPANT_ID_INVALID", violation=False)
    person = world.person(user)
    if user == chat.creator:
        return {"status": "creator", "user": person, "is_anonymous": False}
    if user in chat.admins:
        return {"status": "administrator", "user": person} | dict.fromkeys(ADMIN_RIGHTS, True)
    return {"status": "member", "user": person}


def _audience(request: Request) -> tuple[str, str]:
    scope = request.params.get("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), read_language(request.params.get("language_code", ""))


def _note(world: World, method: str, remarks: tuple[str, ...]) -> None:
    world.violations.extend(f"{method}: {remark}" for remark in remarks)


METHODS: Mapping[str, Callable[[World, Request], object]] = {
    "getme": get_me,
    "logout": succeed,
    "close": succeed,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "getfile": get_file,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "sendchataction": send_chat_action,
    "answercallbackquery": answer_callback_query,
    "answerinlinequery": answer_inline_query,
    "setmycommands": set_my_commands,
    "deletemycommands": delete_my_commands,
    "getmycommands": get_my_commands,
    "setmydescription": set_my_text,
    "setmyshortdescription": set_my_text,
    "getmydescription": get_my_text,
    "getmyshortdescription": get_my_text,
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "leavechat": leave_chat,
}
