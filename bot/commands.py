"""The commands, listed once: /help, Telegram's menu and the README say what stands here."""

from dataclasses import dataclass
from typing import Final

from aiogram.types import BotCommand
from aiogram.utils.i18n import I18n

from bot.texts import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, its other names, and what it does in English, to be translated."""

    name: str
    does: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


COMMANDS: Final = (
    Command(name="start", does=N_("begin, and pick topics")),
    Command(name="search", does=N_("find news by words")),
    Command(name="latest", does=N_("the newest stories")),
    Command(name="top", does=N_("the stories of the day")),
    Command(name="saved", does=N_("the stories you keep")),
    Command(name="trends", does=N_("how often a topic is written about, as a picture")),
    Command(name="subscribe", does=N_("follow a topic"), aliases=("sub",)),
    Command(name="subscriptions", does=N_("what you follow"), aliases=("subs",)),
    Command(name="unsubscribe", does=N_("stop following")),
    Command(name="digest", does=N_("what is new, right now")),
    Command(name="schedule", does=N_("when digests come")),
    Command(name="pause", does=N_("send nothing for a while")),
    Command(name="resume", does=N_("end the pause")),
    Command(name="timezone", does=N_("your time zone")),
    Command(name="channel", does=N_("bring news to a channel or a group")),
    Command(name="sources", does=N_("what I read")),
    Command(name="addsource", does=N_("add a feed, a site or a channel")),
    Command(name="language", does=N_("the language I speak")),
    Command(name="settings", does=N_("all settings at a glance")),
    Command(name="export", does=N_("everything I keep about this chat, as a file")),
    Command(name="forget", does=N_("delete everything I keep about this chat")),
    Command(name="help", does=N_("what I can do")),
    Command(name="privacy", does=N_("what I know about you")),
    Command(name="cancel", does=N_("drop the question I asked")),
)


# To everybody else these do not exist.
ADMIN_COMMANDS: Final = (
    Command(name="stats", does=N_("how many chats, articles and digests there are")),
    Command(name="broadcast", does=N_("tell all chats something")),
    Command(name="ban", does=N_("ban a person or a chat, or see who is banned")),
    Command(name="unban", does=N_("lift a ban")),
    Command(name="sourcehealth", does=N_("how the sources are")),
)


def known_to(*, admin: bool) -> tuple[Command, ...]:
    return (*COMMANDS, *ADMIN_COMMANDS) if admin else COMMANDS


def menu(i18n: I18n, language: str, *, admin: bool = False) -> list[BotCommand]:
    """The list that Telegram shows behind the button beside the input field."""
    return [
        BotCommand(command=command.name, description=i18n.gettext(command.does, locale=language))
        for command in known_to(admin=admin)
    ]
