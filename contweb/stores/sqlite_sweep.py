"""Removing what is old, expired or too much from an SQLite file, a little at a time, so that steps go on.

What may go is looked up before the lock is taken, and looked at again with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contweb.clock import Clock
from contweb.stores.owner import holds
from contweb.stores.sqlite_file import Connection, SQLiteFile
from contweb.stores.sqlite_schema import ROOT

MANY = 1000  # conversations that are looked up at once
BATCH = 64  # conversations that are removed in one transaction
PAGE_BATCH = 256  # pages that are removed in one transaction
PAUSE = 0.002  # seconds between two transactions, in which others get their turn
BEGINNING, FIRST = -(2**62), -1e300  # before every number, and every time

OLDEST = """
    SELECT conversation, slot, touched, pages, bytes FROM tree
    WHERE slot >= :slot AND (slot, touched, conversation) > (:slot, :touched, :key)
    ORDER BY slot, touched, conversation LIMIT :many
"""
STANDS = f"SELECT touched, owner, until FROM tree WHERE conversation = ? AND {ROOT}"
EXPIRED = f"""
    SELECT pages.expires, pages.id, pages.conversation, pages.size, talk.owner, talk.until
    FROM pages JOIN (SELECT * FROM tree WHERE {ROOT}) AS talk ON talk.conversation = pages.conversation
    WHERE pages.expires >= :expires AND pages.expires < :before
        AND (pages.expires, pages.id) > (:expires, :page)
    ORDER BY pages.expires, pages.id LIMIT :many
"""
REMOVE = (
    "DELETE FROM pages WHERE id IN (SELECT child FROM tree WHERE conversation = ?)",
    "DELETE FROM records WHERE conversation = ?",
    "DELETE FROM blobs WHERE conversation = ?",
    "DELETE FROM tree WHERE conversation = ?",
)
GONE = "(SELECT value FROM json_each(:gone))"
REMOVE_PAGES = (
    f"DELETE FROM pages WHERE id IN {GONE}",
    f"UPDATE tree SET child = NULL WHERE conversation = :key AND child IN {GONE}",
    f"DELETE FROM tree WHERE conversation = :key AND child IS NULL AND page IN {GONE}",
    "DELETE FROM tree WHERE conversation = :key AND child IS NULL AND page = 0 AND answer <> ''",
    f"UPDATE tree SET page = 0, answer = outcome WHERE conversation = :key AND page IN {GONE}",
    f"""UPDATE tree SET pages = pages - json_array_length(:gone), bytes = bytes - :size,
        last = iif(last IN {GONE}, NULL, last) WHERE conversation = :key AND {ROOT}""",
)


@dataclass(slots=True)
class Oldest:
    """A conversation that may be removed."""

    key: int
    slot: int
    touched: float
    pages: int
    bytes: int


def file_bytes(file: SQLiteFile) -> int:
    """The file without its free pages: known at once, and never less than what the store counts."""
    with file.read() as connection:
        used, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((used - free) * size)


def sweep_old(file: SQLiteFile, clock: Clock, before: float) -> int:
    """Remove conversations that were last touched before then; return how many pages went."""
    return _sweep_oldest(file, clock, lambda talk: talk.touched < before)


def sweep_bytes(file: SQLiteFile, clock: Clock, excess: int) -> int:
    """Remove so many bytes, from the least recently touched conversations; return how many pages went."""

    def too_much(talk: Oldest) -> bool:
        nonlocal excess
        excess, found = excess - talk.bytes, excess > 0
        return found

    return _sweep_oldest(file, clock, too_much)


def _sweep_oldest(file: SQLiteFile, clock: Clock, wanted: Callable[[Oldest], bool]) -> int:
    """Remove conversations as long as they are wanted, the least recently touched first; not the claimed."""
    pages, place = 0, (BEGINNING, FIRST, 0)
    while talks := _oldest(file, *place):
        place = (talks[-1].slot, talks[-1].touched, talks[-1].key)
        for start in range(0, len(talks), BATCH):
            gone, more = _sweep_batch(file, clock, talks[start : start + BATCH], wanted)
            pages += gone
            if not more:
                return pages
            time.sleep(PAUSE)
    return pages


def _oldest(file: SQLiteFile, slot: int, touched: float, key: int) -> list[Oldest]:
    place = {"slot": slot, "touched": touched, "key": key, "many": MANY}
    with file.read() as connection:
        return [Oldest(*row) for row in connection.execute(OLDEST, place).fetchall()]


def _sweep_batch(
    file: SQLiteFile, clock: Clock, talks: list[Oldest], wanted: Callable[[Oldest], bool]
) -> tuple[int, bool]:
    """How many pages went, and whether there may be more to remove."""
    gone, now = 0, clock.now()
    with file.write() as connection:
        for talk in talks:
            stands = connection.execute(STANDS, (talk.key,)).fetchone()
            if stands is None or stands[0] != talk.touched or holds(stands[1], stands[2], now):
                continue
            if not wanted(talk):
                return gone, False
            remove(connection, talk.key)
            gone += talk.pages
    return gone, True


def remove(connection: Connection, key: int) -> None:
    """Remove a conversation and all that belongs to it."""
    for statement in REMOVE:
        connection.execute(statement, (key,))


def sweep_expired(file: SQLiteFile, clock: Clock, before: float) -> int:
    """Remove pages that expired before then, but not those of claimed conversations; return how many went."""
    pages, more = 0, True
    place = {"expires": FIRST, "page": 0, "before": before, "many": PAGE_BATCH}
    while more:
        with file.write() as connection:
            rows = connection.execute(EXPIRED, place).fetchall()
            free = [row for row in rows if not holds(row[4], row[5], clock.now())]
            _remove_pages(connection, free)
        pages, more = pages + len(free), len(rows) == PAGE_BATCH
        if more:
            place["expires"], place["page"] = rows[-1][:2]
            time.sleep(PAUSE)
    return pages


def _remove_pages(connection: Connection, rows: list[Any]) -> None:
    """Remove some pages, which may be of several conversations."""
    by_talk: dict[int, list[tuple[int, int]]] = {}
    for _, page, key, size, *_ in rows:
        by_talk.setdefault(key, []).append((page, size))
    for key, found in by_talk.items():
        pages, size = json.dumps([page for page, _ in found]), sum(size for _, size in found)
        for statement in REMOVE_PAGES:
            connection.execute(statement, {"key": key, "gone": pages, "size": size})
