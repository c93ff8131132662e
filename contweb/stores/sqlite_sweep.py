"""Removing what is old, expired or too much from an SQLite file, a little at a time, so that steps go on.

What may go is looked up before the lock is taken, and looked at again with it.
"""

from __future__ import annotations

import json
import time
from typing import Any, NamedTuple

from contweb.clock import Clock
from contweb.stores.base import NOTED, Swept
from contweb.stores.owner import holds
from contweb.stores.sqlite_file import Connection, SQLiteFile
from contweb.stores.sqlite_schema import ROOT, SLOT

MANY = 1000  # conversations that are looked up at once
BATCH = 64  # conversations that are removed in one transaction
PAGE_BATCH = 256  # pages that are removed in one transaction
EVERYTHING = 2**62  # a number that nothing reaches
PAUSE = 0.002  # seconds between two transactions, in which others get their turn
BEGINNING, FIRST, LAST = -(2**62), -1e300, 1e300  # before every number; before and after every time

TALKS = """
    SELECT conversation, slot, touched, pages, bytes, started IS NOT NULL FROM tree
    WHERE slot BETWEEN :slot AND :last AND (slot, {order}) > (:slot, {place}) AND touched < :before
    ORDER BY slot, {order} LIMIT :many
"""
AGED = TALKS.format(order="conversation", place=":key")  # the index has this order
OLDEST = TALKS.format(order="touched, conversation", place=":touched, :key")
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


OLD_NOTES = """
    notes WHERE used < :last AND used < ifnull((
        SELECT started FROM tree WHERE conversation > 0 AND started IS NOT NULL
        ORDER BY conversation, page, answer LIMIT 1
    ) - :slack, :last)
"""


class Talk(NamedTuple):
    """A conversation that may be removed."""

    key: int
    slot: int
    touched: float
    pages: int = 0
    bytes: int = 0
    begun: int = 0  # whether it is more than a claim


def used_bytes(connection: Connection) -> int:
    """The file without its free pages: known at once, and never less than what the store counts."""
    used, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((used - free) * size)


class Sweep:
    """One sweep, and what it has removed: at most so many conversations, and so many expired pages."""

    def __init__(self, file: SQLiteFile, clock: Clock, at_most: int | None) -> None:
        self._file, self._clock = file, clock
        self._most = EVERYTHING if at_most is None else at_most
        self._talks = self._pages = self._expired = self._bytes = self._notes = 0

    def swept(self) -> Swept:
        """What was removed."""
        more = max(self._talks, self._expired) >= self._most
        return Swept(self._talks, self._pages + self._expired, self._bytes, self._notes, more)

    def old(self, before: float) -> None:
        """Remove conversations that were last touched before then."""
        self._remove_talks(AGED, before, -EVERYTHING)

    def excess(self, most: int, spare: float | None) -> None:
        """Remove the least recently touched conversations until the file holds at most so many bytes."""
        self._remove_talks(OLDEST, LAST if spare is None else spare, most)

    def _remove_talks(self, query: str, before: float, most: int) -> None:
        with self._file.read() as connection:
            if used_bytes(connection) <= most:
                return
        last = Talk(0, BEGINNING, FIRST)
        while talks := self._look_up(query, before, last):
            last = talks[-1]
            while talks:
                done = self._remove_batch(talks[:BATCH], most)
                if not done:
                    return
                del talks[:done]
                time.sleep(PAUSE)

    def _look_up(self, query: str, before: float, last: Talk) -> list[Talk]:
        many = min(MANY, self._most - self._talks + BATCH)
        place = {"key": last.key, "slot": last.slot, "touched": last.touched, "before": before, "many": many}
        place["last"] = min(before // SLOT, EVERYTHING)
        with self._file.read() as connection:
            return [Talk(*row) for row in connection.execute(query, place).fetchall()]

    def _remove_batch(self, talks: list[Talk], most: int) -> int:
        """Remove conversations of a batch, as long as there are too many bytes; how many were looked at."""
        with self._file.write() as connection:
            excess, now = used_bytes(connection) - most, self._clock.now()
            for done, talk in enumerate(talks):
                if excess <= 0 or self._talks >= self._most:
                    return done
                stands = connection.execute(STANDS, (talk.key,)).fetchone()
                if stands and stands[0] == talk.touched and not holds(stands[1], stands[2], now):
                    remove(connection, talk.key)
                    excess -= talk.bytes
                    self._talks += talk.begun
                    self._pages += talk.pages
                    self._bytes += talk.bytes
        return len(talks)

    def expired(self, before: float) -> None:
        """Remove pages that expired before then, but not those of claimed conversations."""
        place = {"expires": FIRST, "page": 0, "before": before}
        while self._expired < self._most:
            place["many"] = min(PAGE_BATCH, self._most - self._expired)
            with self._file.read() as connection:
                if connection.execute(EXPIRED, place).fetchone() is None:
                    return
            with self._file.write() as connection:
                rows = connection.execute(EXPIRED, place).fetchall()
                now = self._clock.now()
                self._remove_pages(connection, [row for row in rows if not holds(row[4], row[5], now)])
            if rows:
                place["expires"], place["page"] = rows[-1][:2]
            time.sleep(PAUSE)

    def _remove_pages(self, connection: Connection, rows: list[Any]) -> None:
        """Remove some pages, which may be of several conversations."""
        by_talk: dict[int, list[tuple[int, int]]] = {}
        for _, page, key, size, *_ in rows:
            by_talk.setdefault(key, []).append((page, size))
        for key, found in by_talk.items():
            pages, size = json.dumps([page for page, _ in found]), sum(size for _, size in found)
            for statement in REMOVE_PAGES:
                connection.execute(statement, {"key": key, "gone": pages, "size": size})
            self._expired, self._bytes = self._expired + len(found), self._bytes + size

    def notes(self) -> None:
        """Remove notes that no page can need."""
        times = {"last": self._clock.now() - 2 * NOTED, "slack": 2 * NOTED}
        with self._file.read() as connection:
            if connection.execute(f"SELECT 1 FROM {OLD_NOTES} LIMIT 1", times).fetchone() is None:
                return
        with self._file.write() as connection:
            self._notes = connection.execute(f"DELETE FROM {OLD_NOTES}", times).rowcount


def remove(connection: Connection, key: int) -> None:
    """Remove a conversation and all that belongs to it."""
    for statement in REMOVE:
        connection.execute(statement, (key,))
