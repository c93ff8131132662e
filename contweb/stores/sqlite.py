"""The usual store: one SQLite file, no server, for as many processes of one machine as like to use it.

What a step costs does not depend on how much is stored. Pages are appended; everything small of one
conversation (itself, which answer led where, its pages) stands side by side in one table, so that a step
changes three places: there, at the end of the pages, and in the index of tokens. Tokens that begin with the
time make that the end, too.

After ``kill -9`` of every process nothing is lost. After a loss of power the last steps may be missing (what
is there is whole), unless ``synchronous="full"`` is given, which waits for the disk at each step.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from contweb.clock import Clock
from contweb.errors import ClaimLostError, ConfigurationError, StoreError
from contweb.stores.base import Conversation, Count, Page, Step, Swept, Taken
from contweb.stores.owner import holds
from contweb.stores.sizes import page_bytes, record_bytes
from contweb.stores.sqlite_blobs import add_chunk, drop_blob, get_chunk
from contweb.stores.sqlite_file import Connection, IntegrityError, SQLiteFile
from contweb.stores.sqlite_schema import ROOT, SLOT
from contweb.stores.sqlite_sweep import Sweep, remove, used_bytes

MANY = 1000  # conversations that are read at once
TIMEOUT = 4.0  # seconds to wait for others: opening may wait twice, and ten are promised

COLUMNS = """
    pages.token, talk.name, pages.parent, pages.path, pages.step, pages.shown, pages.frames,
    pages.created, pages.expires, pages.retired
"""
WITH_TALK = f"pages JOIN (SELECT * FROM tree WHERE {ROOT}) AS talk ON talk.conversation = pages.conversation"
PAGE = f"SELECT {COLUMNS} FROM {WITH_TALK}"
LOAD = f"{PAGE} WHERE pages.token = ?"
LED_TO = """
    SELECT outcome FROM tree AS led
    WHERE led.conversation = pages.conversation AND led.page = pages.id AND led.answer = ?
"""
LOAD_ANSWERED = f"SELECT {COLUMNS}, ({LED_TO}) FROM {WITH_TALK} WHERE pages.token = ?"
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
TAKE = f"""
    UPDATE tree SET owner = ?, until = ?
    WHERE {ROOT} AND (owner IS NULL OR owner = ? OR until <= ?) AND conversation = (
        SELECT conversation FROM pages WHERE token = ? AND NOT EXISTS ({LED_TO})
    )
"""
TAKE_OVER = "UPDATE tree SET owner = ?, until = ? WHERE name = ?"
RELEASE = "UPDATE tree SET owner = NULL, until = NULL WHERE name = ? AND owner = ?"
RELEASE_NEW = "DELETE FROM tree WHERE name = ? AND owner = ? AND started IS NULL"
HELD = "SELECT conversation, owner, until, slot, started FROM tree WHERE name = ?"
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
ADD_CHILD = (
    "INSERT INTO tree (conversation, page, answer, outcome, child) VALUES (:key, 0, :token, :token, :page)"
)
RECORD_SIZE = "SELECT length(value) FROM records WHERE conversation = ? AND name = ?"
SET_RECORD = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
DROP_RECORD = "DELETE FROM records WHERE conversation = ? AND name = ?"
RETIRE = "UPDATE pages SET retired = 1 WHERE token = ? AND conversation = ?"
RETIRE_ALL = """
    UPDATE pages SET retired = 1
    WHERE NOT retired AND id IN (SELECT child FROM tree WHERE conversation = ?)
"""
TOUCH = f"""
    UPDATE tree SET started = ifnull(started, :now), touched = :now, path = iif(path = '', :path, path),
        pages = pages + :pages, bytes = bytes + :size, last = ifnull(:last, last),
        owner = iif(:keep, owner, NULL), until = iif(:keep, until, NULL)
    WHERE conversation = :key AND {ROOT}
"""
SET_SLOT = f"UPDATE tree SET slot = ? WHERE conversation = ? AND {ROOT}"
LATEST = f"""
    SELECT slot, touched, conversation, name, path, started, pages, bytes, owner, until, {NEWEST} FROM (
        SELECT * FROM tree WHERE slot <= :slot AND (slot, touched, conversation) < (:slot, :touched, :key)
        ORDER BY slot DESC, touched DESC, conversation DESC LIMIT :many
    ) AS talk ORDER BY slot DESC, touched DESC, conversation DESC
"""
COUNT = "SELECT count(*), ifnull(sum(pages), 0), ifnull(sum(bytes), 0) FROM tree WHERE started IS NOT NULL"
NOTE = "INSERT INTO notes VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET used = excluded.used"
END, LAST = 2**62, 1e300  # after every number, and every time


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

    def _rows(self, query: str, *values: object, **named: object) -> list[Any]:
        with self._file.read() as connection:
            return connection.execute(query, named or values).fetchall()

    def claim(self, conversation: str, owner: str, seconds: float) -> bool:
        now = self._clock.now()
        with self._file.read() as connection:  # one statement is a transaction of its own
            free = connection.execute(CLAIM, (owner, now + seconds, conversation, owner, now)).rowcount
        return bool(free) or self._claim_other(conversation, owner, now, seconds)

    def take(self, token: str, answer: str, owner: str, seconds: float) -> Taken | None:
        now = self._clock.now()
        with self._file.read() as connection:
            free = connection.execute(TAKE, (owner, now + seconds, owner, now, token, answer)).rowcount
            row = connection.execute(LOAD_ANSWERED, (answer, token)).fetchone()
        if row is None:
            return None
        page, outcome = _page(row), row[10]
        if free or outcome is not None:
            return Taken(page, outcome, bool(free))
        if not self._claim_other(page.conversation, owner, now, seconds):
            return Taken(page, None, False)
        taken = self.take(token, answer, owner, seconds)  # it may have changed before it was claimed
        if taken is None or not taken.claimed:
            self.release(page.conversation, owner)
        return taken

    def ready(self) -> None:
        with self._file.write():
            pass

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
            if step.retire_all:
                connection.execute(RETIRE_ALL, (key,))
            made = _add_pages(connection, key, step)
            _add_to_tree(connection, key, step, made)
            size = sum(map(page_bytes, step.pages)) + _set_records(connection, key, step)
            if step.retire:
                connection.executemany(RETIRE, [(token, key) for token in step.retire])
            if slot != _slot(now):
                connection.execute(SET_SLOT, (_slot(now), key))
            path, last = (step.pages[0].path, made[step.pages[-1].token]) if made else ("", None)
            values = {"now": now, "pages": len(made), "size": size, "path": path, "last": last, "key": key}
            values["keep"] = step.keep
            connection.execute(TOUCH, values)

    def _held(self, connection: Connection, step: Step, now: float) -> tuple[int, int]:
        """Number and slot of the step's conversation, which must be held by the step's owner, or be new."""
        row = connection.execute(HELD, (step.conversation,)).fetchone()
        if row is None and not step.owner:
            return _begin(connection, step.conversation, now), _slot(now)
        if row is None or not (_is_mine(row, step, now) if step.owner else _is_new(row, now)):
            raise ClaimLostError(f"conversation {step.conversation} is no longer claimed by this process")
        return row[0], row[3]

    def add_chunk(self, conversation: str, blob: str, number: int, data: bytes) -> None:
        add_chunk(self._file, conversation, blob, number, data)

    def chunk(self, conversation: str, blob: str, number: int) -> bytes | None:
        return get_chunk(self._file, conversation, blob, number)

    def drop_blob(self, conversation: str, blob: str) -> None:
        drop_blob(self._file, conversation, blob)

    def forget(self, conversation: str) -> None:
        with self._file.write() as connection:
            held = connection.execute(HELD, (conversation,)).fetchone()
            if held is not None:
                remove(connection, held[0])

    def sweep(
        self,
        *,
        before: float | None = None,
        most_bytes: int | None = None,
        spare: float | None = None,
        at_most: int | None = None,
    ) -> Swept:
        sweep = Sweep(self._file, self._clock, at_most)
        if before is not None:
            sweep.old(before)
            sweep.expired(before)
        if most_bytes is not None:
            sweep.excess(most_bytes, spare)
        sweep.notes()
        return sweep.swept()

    def size(self) -> int:
        with self._file.read() as connection:
            return used_bytes(connection)

    def conversations(self) -> Iterator[Conversation]:
        slot, touched, key = END, LAST, END
        while rows := self._rows(LATEST, slot=slot, touched=touched, key=key, many=MANY):
            slot, touched, key = rows[-1][:3]
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

    def note(self, name: str, value: bytes | None = None) -> bytes | None:
        if value is not None:
            with self._file.write() as connection:
                connection.execute(NOTE, (name, value, self._clock.now()))
        row = self._row("SELECT value FROM notes WHERE name = ?", name)
        return row[0] if row else None

    def close(self) -> None:
        self._file.close()


def _slot(now: float) -> int:
    return int(now // SLOT)


def _page(row: Any) -> Page:
    return Page._make((*row[:9], bool(row[9])))


def _is_mine(held: Any, step: Step, now: float) -> bool:
    return bool(held[1] == step.owner and now < held[2])


def _is_new(held: Any, now: float) -> bool:
    """Whether no more than a claim was ever made, and that has ended."""
    return held[4] is None and not holds(held[1], held[2], now)


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
        if step.answered in made or not connection.execute(ADD_OUTCOME, values).rowcount:
            raise ClaimLostError(
                f"the answered page of {step.conversation} is gone, or was answered so before"
            )
    for token, page in made.items():
        if not answered or token != step.outcome:
            connection.execute(ADD_CHILD, {"key": key, "token": token, "page": page})


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
