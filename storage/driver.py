"""Straight to SQLite's driver, where Core, or a hop to the driver's thread for each statement, would cost more than the
statements themselves.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import aiosqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


async def on_driver(conn: AsyncConnection, act: Callable[[sqlite3.Connection], T]) -> T:
    """What the act returns of the driver's connection: one hop to its thread, off the event loop; raises DBAPIError."""
    driver = (await conn.get_raw_connection()).driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    return await run(driver, act)


async def run(driver: aiosqlite.Connection, act: Callable[[sqlite3.Connection], T]) -> T:
    """The same for whoever has the driver's connection."""
    try:
        # As its own methods do it; it has no public one for what others have to do there.
        return cast(T, await driver._execute(act, driver._conn))  # type: ignore[no-untyped-call]
    except sqlite3.Error as error:
        raise DBAPIError(None, None, error) from error


async def fetch(conn: AsyncConnection, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement; raises DBAPIError."""
    return await on_driver(conn, lambda driver: driver.execute(statement, values).fetchall())
