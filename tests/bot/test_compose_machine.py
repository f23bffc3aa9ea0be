"""Whatever happens to clock, choices and process, no set time has two digests and none goes without.

One chat over a real store: it changes zone, schedule, quiet hours and pauses, news comes, the clock runs, jumps and is
set back, the bot stands still and starts anew.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiogram.utils.i18n import I18n
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bot.compose import TRY_AGAIN, Composer
from bot.conversation.middlewares import Visit
from bot.conversation.rights import Rights
from bot.conversation.schedule import set_schedule
from bot.conversation.timezone import set_zone
from bot.dues import RULE_CHANGE
from bot.preferences import Preferences, preferences
from bot.timetable import instant, meetings, quiet_ends
from bot.timezones import find
from storage.models import Chat, Subscription
from tests.bot.newsroom import DAY, HOUR, MINUTE, NOON, SECOND, Defaults, newsroom

Name = tuple[date, str]
T = TypeVar("T")

ZONES = (
    *("Asia/Almaty", "Europe/Moscow", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Africa/Cairo"),
    *("Pacific/Kiritimati", "Pacific/Pago_Pago"),
)
# Ordinary days, and the eve of a gap, of a repeated hour, and of a midnight that is skipped.
STARTS = (
    NOON,
    datetime(2025, 3, 29, 20, tzinfo=UTC),
    datetime(2025, 10, 25, 20, tzinfo=UTC),
    datetime(2025, 4, 24, 20, tzinfo=UTC),
)
SCHEDULES = (
    *("09:00", "09:00 18:00", "hourly", "00:00", "02:30 03:00", "mon-fri 08:30", "12:00 12:01", "23:30", "off"),
    *("quiet 23:00-07:00", "quiet 08:00-12:00", "quiet off"),
)
STEPS = (SECOND, 3 * SECOND, MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, 11 * HOUR, DAY, 2 * DAY + HOUR, 9 * DAY)
BACK = (2 * MINUTE, HOUR, 5 * HOUR, DAY)


class Chosen(RuleBasedStateMachine):
    """Beside the bot it keeps its own books: `owed` are the set times that passed while they were set, without a digest
    so far; `answered` those that had theirs. `promised`: choices have changed since something is owed.
    """

    i18n: I18n
    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(self.empty, folder / "news.db")
        self.room = self.run(self.stack.enter_async_context(newsroom(folder, self.i18n)))
        self.owed: set[Name] = set()
        self.answered: set[Name] = set()
        self.is_promised = self.is_paused = False
        self.held_until = self.late_until = self.early_until = self.latest = datetime.min.replace(tzinfo=UTC)
        self.number = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    @property
    def now(self) -> datetime:
        return self.room.now

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: datetime) -> None:
        self.room.now = start
        self.chat: Chat = self.run(self.room.reader())
        self.topic: Subscription = self.run(self.room.follow(self.chat, "казахстан"))
        self.chosen: Preferences = preferences(self.chat, Defaults())

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step: timedelta) -> None:
        self.pass_time(step)

    @rule(ahead=st.sampled_from((-SECOND, timedelta(0), SECOND, 30 * SECOND, 2 * MINUTE)))
    def wait_for_the_digest(self, ahead: timedelta) -> None:
        due = self.run(self.room.known(self.chat)).next_due_at
        if due and due + ahead > self.now:
            self.pass_time(due + ahead - self.now)

    # What is owed when the clock is set back behind it may come all the same, or at its time by the new clock.
    @precondition(lambda self: not self.owed)
    @rule(step=st.sampled_from(BACK))
    def set_the_clock_back(self, step: timedelta) -> None:
        assume(self.latest - (self.now - step) <= DAY)
        self.room.now -= step
        self.held_until = min(self.held_until, self.now)
        # A clock that goes back is not told from a zone whose rules changed, by which a set time may have passed.
        self.early_until = self.now + RULE_CHANGE
        self.compose()

    @rule()
    def compose(self) -> None:
        before = len(self.digests())
        self.number += 1
        self.run(self.room.publish(f"Казахстан, новость {self.number}"))
        due = self.run(self.room.known(self.chat)).next_due_at
        self.run(self.room.compose())
        self.account(len(self.digests()) - before, due)

    @rule(key=st.sampled_from(ZONES))
    def choose_a_zone(self, key: str) -> None:
        self.choose(set_zone(self.room.db, self.visit(), found(key)))

    @rule(words=st.sampled_from(SCHEDULES))
    def choose_a_schedule(self, words: str) -> None:
        self.choose(set_schedule(self.room.db, self.visit(), words))

    @rule(key=st.sampled_from(ZONES))
    def choose_a_zone_while_the_digest_is_made(self, key: str) -> None:
        visit = self.visit()
        self.compose()
        self.choose(set_zone(self.room.db, visit, found(key)))

    @rule(words=st.sampled_from(SCHEDULES))
    def choose_a_schedule_while_the_digest_is_made(self, words: str) -> None:
        visit = self.visit()
        self.compose()
        self.choose(set_schedule(self.room.db, visit, words))

    @rule()
    def start_anew(self) -> None:
        self.room.composer = Composer(self.room.db, Defaults(), self.i18n)
        self.held_until = min(self.held_until, self.now)
        if self.owed and self.is_promised:
            # That something is owed without being set any more is not told from a zone whose rules changed.
            self.late_until = self.now + RULE_CHANGE

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.is_paused = paused
        self.run(self.room.change(self.topic, paused=paused))

    def pass_time(self, step: timedelta) -> None:
        after, self.room.now = self.now, self.now + step
        self.latest = max(self.latest, self.now)
        for met in meetings(self.chosen.schedule, self.chosen.zone, after=after):
            if met[0].at > self.now:
                break
            self.owed |= {due.name for due in met} - self.answered

    def choose(self, work: Coroutine[Any, Any, Preferences]) -> None:
        old, self.chosen = self.chosen, self.run(work)
        if not self.chosen.schedule.slots:
            self.answered |= self.owed
            self.owed.clear()
        self.is_promised = bool(self.owed)
        for met in meetings(self.chosen.schedule, self.chosen.zone, after=self.now - 3 * DAY):
            if met[0].at > self.now:
                break
            for due in met:
                before = instant(old.schedule, old.zone, *due.name)
                if before and before > self.now and due.name not in self.answered:
                    self.owed.add(due.name)

    def account(self, digests: int, due: datetime | None) -> None:
        ends = quiet_ends(self.chosen.schedule, self.chosen.zone, self.now)
        if digests == 1 and not self.owed and self.early_until > self.now:
            self.answer(due and min(due, self.now))
        elif not self.owed or self.held_until > self.now:
            assert digests == 0
        elif ends:
            assert digests == 0
            self.held_until = min(ends, self.now + TRY_AGAIN)
        elif digests == 0 and self.late_until > self.now:
            pass
        else:
            assert digests == 1 or self.is_paused
            self.answer(due)

    def answer(self, due: datetime | None) -> None:
        assert due is not None
        assert due <= self.now
        self.answered |= self.owed
        for met in meetings(self.chosen.schedule, self.chosen.zone, after=due - SECOND):
            if met[0].at > self.now:
                break
            self.answered |= {one.name for one in met}
        self.owed.clear()
        self.is_promised = False

    def digests(self) -> list[tuple[str, str | None]]:
        made = [digest for digest in self.run(self.room.slots(self.chat)) if digest[0] == "scheduled"]
        named = [name for _, name in made if name]
        assert len(named) == len(set(named))
        return made

    def visit(self) -> Visit:
        chat = self.run(self.room.known(self.chat))
        return Visit(
            chat=chat,
            preferences=preferences(chat, Defaults()),
            defaults=Defaults(),
            rights=Rights(user=None, is_admin=False, may_add=False),
            now=self.now,
        )


def found(key: str) -> Any:
    zone = find(key)
    assert zone
    return zone


@pytest.mark.slow
def test_no_set_time_has_two_digests_and_none_goes_without(i18n: I18n, tmp_path: Path) -> None:
    async def empty() -> None:
        async with newsroom(tmp_path, i18n):
            pass

    asyncio.run(empty())
    Chosen.i18n, Chosen.empty = i18n, tmp_path / "news.db"
    few = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        # The same each time: its books know less than the bot of times that were set anew while others were owed.
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        # Each attempt to make an example shorter is a store and its digests: minutes in all.
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    run_state_machine_as_test(Chosen, settings=few)
