"""The usual store: one SQLite file, no server, for as many processes of one machine as like to use it.

What a step costs does not depend on how much is stored. Pages are appended; everything small of one
conversation (itself, which answer led where, its pages) stands side by side in one table, so that a step
changes three places: there, at the end of the pages, and in the index of tokens. Tokens that begin with the
time make that the end, too.

After ``kill -9`` of every process nothing is lost. After a loss of power the last steps may be missing (what
is there is whole), unless ``synchronous="full"`` is given, which waits for the disk at each step.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection, IntegrityError
from typing import Any

from contweb.clock import Clock
from contweb.errors import ClaimLostError, ConfigurationError, StoreError
from contweb.stores.base import Conversation, Count, Page, Step
from contweb.stores.owner import holds
from contweb.stores.sizes import page_bytes, record_bytes
from contweb.stores.sqlite_file import SQLiteFile

SLOT = 300  # seconds; see the schema
BATCH = 64  # conversations that are swept in one transaction
PAGE_BATCH = 256  # pages that are swept in one transaction
MANY = 1000  # conversations that are looked up at once
PAUSE = 0.002  # seconds between two batches, in which others get their turn
TIMEOUT = (
    4.0  # seconds to wait for others; opening may wait twice, which is still below the ten that are promised
)

ROOT = "page = 0 AND answer = ''"  # the row of a conversation itself; see the schema
PAGE = f"""
    SELECT pages.token, talk.name, pages.parent, pages.path, pages.step, pages.shown, pages.frames,
        pages.created, pages.expires, pages.retired
    FROM pages JOIN (SELECT * FROM tree WHERE {ROOT}) AS talk ON talk.conversation = pages.conversation
"""
LOAD = f"{PAGE} WHERE pages.token = ?"
KEY = "(SELECT conversation FROM tree WHERE name = ?)"
PAGES = f"{PAGE} WHERE pages.id IN (SELECT child FROM tree WHERE conversation = {KEY}) ORDER BY pages.id"
OUTCOME = """
    SELECT outcome FROM pages JOIN tree ON tree.conversation = pages.conversation AND tree.page = pages.id
    WHERE pages.token = ? AND tree.answer = ?
"""
ANSWERS = """
    SELECT count(*) FROM pages JOIN tree ON tree.conversation = pages.conversation AND tree.page = pages.id
    WHERE pages.token = ?
"""
RECORDS = f"SELECT name, value FROM records WHERE conversation = {KEY}"
NEWEST = """ifnull(
    (SELECT token FROM pages WHERE id = talk.last AND NOT retired),
    (SELECT token FROM pages WHERE NOT retired
        AND id IN (SELECT child FROM tree WHERE conversation = talk.conversation) ORDER BY id DESC LIMIT 1)
)"""
NEWEST_OF = f"SELECT {NEWEST} FROM tree AS talk WHERE name = ?"
CLAIM = """
    UPDATE tree SET owner = ?, until = ? WHERE name = ? AND (owner IS NULL OR owner = ? OR until <= ?)
"""
TAKE_OVER = "UPDATE tree SET owner = ?, until = ? WHERE name = ?"
RELEASE = "UPDATE tree SET owner = NULL, until = NULL WHERE name = ? AND owner = ?"
RELEASE_NEW = "DELETE FROM tree WHERE name = ? AND owner = ? AND started IS NULL"
HELD = "SELECT conversation, owner, until, slot FROM tree WHERE name = ?"
BEGIN = """
    INSERT INTO tree (conversation, page, answer, name, path, touched, slot, pages, bytes)
    VALUES (ifnull((SELECT max(conversation) FROM tree), 0) + 1, 0, '', ?, '', ?, ?, 0, 0)
    RETURNING conversation
"""
ADD_PAGE = """
    INSERT INTO pages
        (token, conversation, parent, path, step, created, expires, retired, size, shown, frames)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_OUTCOME = """
    INSERT INTO tree (conversation, page, answer, outcome, child)
    SELECT conversation, id, ?, ?, ? FROM pages WHERE token = ? AND conversation = ? ON CONFLICT DO NOTHING
"""
ADD_CHILD = "INSERT INTO tree (conversation, page, answer, outcome, child) VALUES (?1, 0, ?2, ?2, ?3)"
RECORD_SIZE = "SELECT length(value) FROM records WHERE conversation = ? AND name = ?"
SET_RECORD = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
DROP_RECORD = "DELETE FROM records WHERE conversation = ? AND name = ?"
RETIRE = "UPDATE pages SET retired = 1 WHERE token = ? AND conversation = ?"
TOUCH = f"""
    UPDATE tree SET started = ifnull(started, ?1), touched = ?1, pages = pages + ?2, bytes = bytes + ?3,
        path = iif(path = '', ?4, path), last = ifnull(?5, last), owner = NULL, until = NULL
    WHERE conversation = ?6 AND {ROOT}
"""
SET_SLOT = f"UPDATE tree SET slot = ? WHERE conversation = ? AND {ROOT}"
OLDEST = """
    SELECT conversation, slot, touched, pages, bytes FROM tree
    WHERE slot >= ?1 AND (slot, touched, conversation) > (?1, ?2, ?3)
    ORDER BY slot, touched, conversation LIMIT ?4
"""
LATEST = f"""
    SELECT slot, touched, conversation, name, path, started, pages, bytes, owner, until, {NEWEST} FROM (
        SELECT * FROM tree WHERE slot <= ?1 AND (slot, touched, conversation) < (?1, ?2, ?3)
        ORDER BY slot DESC, touched DESC, conversation DESC LIMIT ?4
    ) AS talk ORDER BY slot DESC, touched DESC, conversation DESC
"""
STANDS = f"SELECT touched, owner, until FROM tree WHERE conversation = ? AND {ROOT}"
EXPIRED = f"""
    SELECT pages.expires, pages.id, pages.conversation, pages.size, talk.owner, talk.until
    FROM pages JOIN (SELECT * FROM tree WHERE {ROOT}) AS talk ON talk.conversation = pages.conversation
    WHERE pages.expires >= ?1 AND pages.expires < ?3 AND (pages.expires, pages.id) > (?1, ?2)
    ORDER BY pages.expires, pages.id LIMIT ?4
"""
COUNT = "SELECT count(*), ifnull(sum(pages), 0), ifnull(sum(bytes), 0) FROM tree WHERE started IS NOT NULL"
REMOVE = (
    "DELETE FROM pages WHERE id IN (SELECT child FROM tree WHERE conversation = ?)",
    "DELETE FROM records WHERE conversation = ?",
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
FIRST, LAST = float("-inf"), float("inf")
END = 2**62  # after every slot and id


class SQLiteStore:
    """See ``contweb.stores.base.Store``.

    ``path``: of the file, made if it is not there, readable by its owner alone. ``synchronous``: "normal" or
    "full". ``timeout``: seconds to wait while others write. ``ConfigurationError`` if the file cannot serve.

        store = SQLiteStore("contweb.db")
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Clock | None = None,
        *,
        synchronous: str = "normal",
        timeout: float = TIMEOUT,
    ) -> None:
        if synchronous not in ("normal", "full"):
            raise ConfigurationError(f'synchronous is "normal" or "full", not {synchronous!r}')
        self._clock = clock or Clock()
        self._file = SQLiteFile(os.path.abspath(path), synchronous, timeout)

    def load(self, token: str) -> Page | None:
        row = self._row(LOAD, token)
        return _page(row) if row else None

    def outcome(self, token: str, answer: str) -> str | None:
        row = self._row(OUTCOME, token, answer)
        return row[0] if row else None

    def answers(self, token: str) -> int:
        row = self._row(ANSWERS, token)
        return int(row[0])

    def records(self, conversation: str) -> dict[str, bytes]:
        return dict(self._rows(RECORDS, conversation))

    def newest(self, conversation: str) -> str | None:
        row = self._row(NEWEST_OF, conversation)
        return row[0] if row else None

    def pages(self, conversation: str) -> tuple[Page, ...]:
        return tuple(map(_page, self._rows(PAGES, conversation)))

    def _row(self, query: str, *values: object) -> Any:
        with self._file.read() as connection:
            return connection.execute(query, values).fetchone()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._file.read() as connection:
            return connection.execute(query, values).fetchall()

    def claim(self, conversation: str, owner: str, seconds: float) -> bool:
        now = self._clock.now()
        with self._file.read() as connection:  # one statement is a transaction of its own
            free = connection.execute(CLAIM, (owner, now + seconds, conversation, owner, now)).rowcount
        return bool(free) or self._claim_other(conversation, owner, now, seconds)

    def _claim_other(self, conversation: str, owner: str, now: float, seconds: float) -> bool:
        """Claim a conversation that is not there, or is held by another owner, who may be dead."""
        with self._file.write() as connection:
            held = connection.execute(HELD, (conversation,)).fetchone()
            if held is None:
                _begin(connection, conversation, now)
            elif holds(held[1], held[2], now):
                return False
            connection.execute(TAKE_OVER, (owner, now + seconds, conversation))
            return True

    def release(self, conversation: str, owner: str) -> None:
        with self._file.write() as connection:
            connection.execute(RELEASE_NEW, (conversation, owner))
            connection.execute(RELEASE, (conversation, owner))

    def complete(self, step: Step) -> None:
        now = self._clock.now()
        with self._file.write() as connection:
            key, slot = self._held(connection, step, now)
            made = _add_pages(connection, key, step)
            _add_to_tree(connection, key, step, made)
            size = sum(map(page_bytes, step.pages)) + _set_records(connection, key, step)
            if step.retire:
                connection.executemany(RETIRE, [(token, key) for token in step.retire])
            if slot != _slot(now):
                connection.execute(SET_SLOT, (_slot(now), key))
            path, last = (step.pages[0].path, made[step.pages[-1].token]) if made else ("", None)
            connection.execute(TOUCH, (now, len(made), size, path, last, key))

    def _held(self, connection: Connection, step: Step, now: float) -> tuple[int, int]:
        """Number and slot of the step's conversation, which must be held by the step's owner, or be new."""
        row = connection.execute(HELD, (step.conversation,)).fetchone()
        if row is None and not step.owner:
            return _begin(connection, step.conversation, now), _slot(now)
        if row is None or row[1] != step.owner or row[2] <= now:
            raise ClaimLostError(f"conversation {step.conversation} is no longer claimed by this process")
        return row[0], row[3]

    def forget(self, conversation: str) -> None:
        with self._file.write() as connection:
            held = connection.execute(HELD, (conversation,)).fetchone()
            if held is not None:
                _remove(connection, held[0])

    def sweep(self, *, before: float | None = None, most_bytes: int | None = None) -> int:
        pages = 0
        if before is not None:
            pages += self._sweep_oldest(lambda talk: talk.touched < before)
            pages += self._sweep_expired(before)
        if most_bytes is not None and self._file_bytes() > most_bytes:
            pages += self._sweep_bytes(most_bytes)
        return pages

    def _sweep_bytes(self, most: int) -> int:
        excess = self.count().bytes - most

        def too_much(talk: _Oldest) -> bool:
            nonlocal excess
            excess, found = excess - talk.bytes, excess > 0
            return found

        return self._sweep_oldest(too_much)

    def _file_bytes(self) -> int:
        """The file without its free pages: known at once, and never less than what ``count`` counts."""
        with self._file.read() as connection:
            used, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
            )
            return int((used - connection.execute("PRAGMA freelist_count").fetchone()[0]) * size)

    def _sweep_oldest(self, wanted: Callable[[_Oldest], bool]) -> int:
        """Remove conversations, the least recently touched first, as long as they are wanted, but not the
        claimed ones. They are looked up before the lock is taken, and looked at again with it."""
        pages, place = 0, (-END, FIRST, 0)
        while rows := self._rows(OLDEST, *place, MANY):
            talks = [_Oldest(*row) for row in rows]
            place = (talks[-1].slot, talks[-1].touched, talks[-1].key)
            for start in range(0, len(talks), BATCH):
                gone, more = self._sweep_batch(talks[start : start + BATCH], wanted)
                pages += gone
                if not more:
                    return pages
                time.sleep(PAUSE)
        return pages

    def _sweep_batch(self, talks: list[_Oldest], wanted: Callable[[_Oldest], bool]) -> tuple[int, bool]:
        """How many pages went, and whether there may be more to remove."""
        gone, now = 0, self._clock.now()
        with self._file.write() as connection:
            for talk in talks:
                stands = connection.execute(STANDS, (talk.key,)).fetchone()
                if stands is None or stands[0] != talk.touched or holds(stands[1], stands[2], now):
                    continue
                if not wanted(talk):
                    return gone, False
                _remove(connection, talk.key)
                gone += talk.pages
        return gone, True

    def _sweep_expired(self, before: float) -> int:
        pages, place, more = 0, (FIRST, 0), True
        while more:
            with self._file.write() as connection:
                rows = connection.execute(EXPIRED, (*place, before, PAGE_BATCH)).fetchall()
                free = [row for row in rows if not holds(row[4], row[5], self._clock.now())]
                _remove_pages(connection, free)
            pages, more = pages + len(free), len(rows) == PAGE_BATCH
            place = rows[-1][:2] if rows else place
            time.sleep(PAUSE if more else 0)
        return pages

    def conversations(self) -> Iterator[Conversation]:
        place: tuple[Any, ...] = (END, LAST, END)
        while rows := self._rows(LATEST, *place, MANY):
            place = rows[-1][:3]
            yield from (self._describe(*row[1:]) for row in rows if row[5] is not None)

    def _describe(
        self,
        touched: float,
        key: int,
        name: str,
        path: str,
        started: float,
        pages: int,
        size: int,
        owner: str | None,
        until: float | None,
        newest: str | None,
    ) -> Conversation:
        holder = owner if holds(owner, until, self._clock.now()) else None
        return Conversation(name, path, started, touched, pages, size, newest, holder)

    def count(self) -> Count:
        return Count(*self._row(COUNT))

    def setting(self, name: str, value: bytes | None = None) -> bytes | None:
        if value is not None:
            with self._file.write() as connection:
                connection.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, value))
        row = self._row("SELECT value FROM settings WHERE name = ?", name)
        return row[0] if row else None

    def close(self) -> None:
        self._file.close()


@dataclass(slots=True)
class _Oldest:
    """A conversation to be swept, perhaps."""

    key: int
    slot: int
    touched: float
    pages: int
    bytes: int


def _slot(now: float) -> int:
    return int(now // SLOT)


def _page(row: Any) -> Page:
    return Page(*(*row[:9], bool(row[9])))


def _begin(connection: Connection, conversation: str, now: float) -> int:
    """Make a conversation, and say its number."""
    (key,) = connection.execute(BEGIN, (conversation, now, _slot(now))).fetchone()
    return int(key)


def _add_pages(connection: Connection, key: int, step: Step) -> dict[str, int | None]:
    """Add the step's pages, and say their numbers by their tokens."""
    try:
        return {page.token: connection.execute(ADD_PAGE, _values(page, key)).lastrowid for page in step.pages}
    except IntegrityError as error:
        raise StoreError("a page with this token is there already") from error


def _values(page: Page, key: int) -> tuple[object, ...]:
    place = (page.token, key, page.parent, page.path, page.step)
    return (*place, page.created, page.expires, page.retired, page_bytes(page), page.shown, page.frames)


def _add_to_tree(connection: Connection, key: int, step: Step, made: dict[str, int | None]) -> None:
    answered = step.answered is not None and step.outcome is not None
    if answered:
        values = (step.answer, step.outcome, made.get(step.outcome or ""), step.answered, key)
        if not connection.execute(ADD_OUTCOME, values).rowcount:
            raise ClaimLostError(
                f"the answered page of {step.conversation} is gone, or was answered so before"
            )
    for token, page in made.items():
        if not answered or token != step.outcome:
            connection.execute(ADD_CHILD, (key, token, page))


def _set_records(connection: Connection, key: int, step: Step) -> int:
    """Set the step's records, and say by how many bytes they grew."""
    grown = 0
    for name, value in step.records.items():
        old = connection.execute(RECORD_SIZE, (key, name)).fetchone()
        grown -= len(name) + old[0] if old else 0
        if value is None:
            connection.execute(DROP_RECORD, (key, name))
        else:
            grown += record_bytes(name, value)
            connection.execute(SET_RECORD, (key, name, value))
    return grown


def _remove(connection: Connection, key: int) -> None:
    for statement in REMOVE:
        connection.execute(statement, (key,))


def _remove_pages(connection: Connection, rows: list[Any]) -> None:
    """Remove some pages, which may be of several conversations."""
    by_talk: dict[int, list[tuple[int, int]]] = {}
    for _, page, key, size, *_ in rows:
        by_talk.setdefault(key, []).append((page, size))
    for key, found in by_talk.items():
        pages, size = json.dumps([page for page, _ in found]), sum(size for _, size in found)
        for statement in REMOVE_PAGES:
            connection.execute(statement, {"key": key, "gone": pages, "size": size})
