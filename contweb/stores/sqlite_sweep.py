"""Removing what is old, expired or too much from an SQLite file, a little at a time, so that steps go on.

What may go is looked up before the lock is taken, and looked at again with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from contweb.clock import Clock
from contweb.stores.base import NOTED, Swept
from contweb.stores.owner import new_owner
from contweb.stores.sqlite_claims import Claims
from contweb.stores.sqlite_file import Connection, SQLiteFile
from contweb.stores.sqlite_schema import BYTES, COUNT, SLOT, TOUCHED

MANY = 1000  # conversations that are looked up at once
BATCH = 64  # conversations that are removed in one transaction
PAGE_BATCH = 256  # pages that are removed in one transaction
LONG = 60.0  # seconds that a transaction may take
EVERYTHING = 2**62  # a number that nothing reaches
PAUSE = 0.002  # seconds between two transactions, in which others get their turn
BEGINNING, FIRST, LAST = -(2**62), -1e300, 1e300  # before every number; before and after every time

TALKS = f"""
    SELECT id, name, slot, last FROM (
        SELECT id, name, slot, {TOUCHED} AS last FROM conversations AS talk WHERE slot BETWEEN :slot AND :end
    ) WHERE last < :before AND (slot, {{order}}) > (:slot, {{place}}) ORDER BY slot, {{order}} LIMIT :many
"""
AGED = TALKS.format(order="id", place=":key")  # the index has this order
OLDEST = TALKS.format(order="last, id", place=":last, :key")
STANDS = f"SELECT {TOUCHED}, {COUNT}, {BYTES} FROM conversations AS talk WHERE id = ?"
EXPIRED = """
    SELECT pages.expires, pages.id, pages.conversation, pages.size, talk.name
    FROM pages JOIN conversations AS talk ON talk.id = pages.conversation
    WHERE pages.expires >= :expires AND pages.expires < :before
        AND (pages.expires, pages.id) > (:expires, :page)
    ORDER BY pages.expires, pages.id LIMIT :many
"""
REMOVE = (
    "DELETE FROM pages WHERE conversation = ?",
    "DELETE FROM records WHERE conversation = ?",
    "DELETE FROM blobs WHERE conversation = ?",
    "DELETE FROM conversations WHERE id = ?",
)
# An answer that led to the page leads there still, for as long as the page that was answered is there.
REMOVE_PAGES = (
    f"UPDATE conversations AS talk SET touched = {TOUCHED} WHERE id = :key",
    """UPDATE pages SET shown = NULL, frames = NULL, size = 0, expires = NULL, retired = 1
        WHERE id IN (SELECT value FROM json_each(:gone))""",
    """DELETE FROM pages WHERE conversation = :key AND shown IS NULL AND NOT EXISTS (
        SELECT 1 FROM pages AS asked WHERE asked.id = pages.answered AND asked.shown IS NOT NULL
    )""",
)
OLD_NOTES = """
    notes WHERE used < :last AND used < ifnull((
        SELECT started FROM conversations WHERE id > 0 ORDER BY id LIMIT 1
    ) - :slack, :last)
"""


class Talk(NamedTuple):
    """A conversation that may be removed."""

    key: int
    name: str
    slot: int
    touched: float


def used_bytes(connection: Connection) -> int:
    """The file without its free pages: known at once, and never less than what the store counts."""
    used, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((used - free) * size)


class Sweep:
    """One sweep, and what it has removed: at most so many conversations, and so many expired pages."""

    def __init__(self, file: SQLiteFile, claims: Claims, clock: Clock, at_most: int | None) -> None:
        self._file, self._claims, self._clock = file, claims, clock
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
        last = Talk(0, "", BEGINNING, FIRST)
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
        place = {"key": last.key, "slot": last.slot, "last": last.touched, "before": before, "many": many}
        place["end"] = min(before // SLOT, EVERYTHING)
        with self._file.read() as connection:
            return [Talk(*row) for row in connection.execute(query, place).fetchall()]

    def _remove_batch(self, talks: list[Talk], most: int) -> int:
        """Remove conversations of a batch, as long as there are too many bytes; how many were looked at."""
        with self._claimed(talk.name for talk in talks) as claimed, self._file.write() as connection:
            excess = used_bytes(connection) - most
            for done, talk in enumerate(talks):
                if excess <= 0 or self._talks >= self._most:
                    return done
                stands = connection.execute(STANDS, (talk.key,)).fetchone()
                if talk.name in claimed and stands and stands[0] == talk.touched:
                    _, pages, size = stands
                    remove(connection, talk.key)
                    excess -= size
                    self._talks += 1
                    self._pages += pages
                    self._bytes += size
        return len(talks)

    @contextmanager
    def _claimed(self, names: Iterable[str]) -> Iterator[set[str]]:
        """A block in which those of the conversations are claimed that nobody else holds."""
        owner, now = new_owner(), self._clock.now()
        claimed = {name for name in names if self._claims.claim(name, owner, now, LONG)}
        try:
            yield claimed
        finally:
            for name in claimed:
                self._claims.release(name, owner)

    def expired(self, before: float) -> None:
        """Remove pages that expired before then, but not those of claimed conversations."""
        place = {"expires": FIRST, "page": 0, "before": before}
        while self._expired < self._most:
            place["many"] = min(PAGE_BATCH, self._most - self._expired)
            with self._file.read() as connection:
                rows = connection.execute(EXPIRED, place).fetchall()
            if not rows:
                return
            with self._claimed({row[4] for row in rows}) as claimed, self._file.write() as connection:
                still = connection.execute(EXPIRED, place).fetchall()
                self._remove_pages(connection, [row for row in still if row[4] in claimed])
            place["expires"], place["page"] = rows[-1][:2]
            time.sleep(PAUSE)

    def _remove_pages(self, connection: Connection, rows: list[Any]) -> None:
        """Remove some pages, which may be of several conversations."""
        by_talk: dict[int, list[tuple[int, int]]] = {}
        for _, page, key, size, _ in rows:
            by_talk.setdefault(key, []).append((page, size))
        for key, found in by_talk.items():
            pages, size = json.dumps([page for page, _ in found]), sum(size for _, size in found)
            for statement in REMOVE_PAGES:
                connection.execute(statement, {"key": key, "gone": pages})
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
