"""The usual store: one SQLite file, no server, for as many processes of one machine as like to use it.

What a step costs does not depend on how much is stored. It adds one row, of the next page, which says too
which answer of which page led there; two indexes find it, by its token and among those of its conversation.
Claims are locks on a file beside it. Whatever follows from the pages (how many they are, when the last one
was made) is not written down beside them.

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
from contweb.stores.sizes import page_bytes
from contweb.stores.sqlite_blobs import add_chunk, drop_blob, get_chunk
from contweb.stores.sqlite_file import Connection, IntegrityError, SQLiteFile
from contweb.stores.sqlite_schema import BYTES, BYTES_IN_ALL, COUNT, NEWEST_ID, SLOT, TOUCHED
from contweb.stores.sqlite_sweep import Sweep, remove, used_bytes

MANY = 1000  # conversations that are read at once
TIMEOUT = 4.0  # seconds to wait for others: opening may wait twice, and ten are promised

TALK = "conversations AS talk"
IS_THERE = "page.shown IS NOT NULL"
COLUMNS = """
    page.token, talk.name, page.parent, page.path, page.step, page.shown, page.frames,
    page.created, page.expires, page.retired
"""
PAGE = f"SELECT {COLUMNS} FROM pages AS page JOIN {TALK} ON talk.id = page.conversation"
LOAD = f"{PAGE} WHERE page.token = ? AND {IS_THERE}"
LED_TO = """(
    SELECT token FROM pages AS led
    WHERE led.conversation = page.conversation AND led.answered = page.id AND led.answer = ?
)"""
STANDS = f"SELECT page.retired, {LED_TO} FROM pages AS page WHERE page.token = ? AND {IS_THERE}"
LOAD_ASKED = LOAD.replace(" FROM", f", {LED_TO} FROM", 1)
PAGES = f"{PAGE} WHERE talk.name = ? AND {IS_THERE} ORDER BY page.id"
ANSWERS = f"""
    SELECT count(*) FROM pages AS page JOIN pages AS led
        ON led.conversation = page.conversation AND led.answered = page.id
    WHERE page.token = ? AND {IS_THERE}
"""
RECORDS = f"SELECT records.name, value FROM records JOIN {TALK} ON talk.id = conversation WHERE talk.name = ?"
NEWEST = f"""ifnull(
    (SELECT token FROM pages WHERE id = {NEWEST_ID} AND NOT retired),
    (SELECT token FROM pages WHERE conversation = talk.id AND NOT retired ORDER BY id DESC LIMIT 1)
)"""
NEWEST_OF = f"SELECT {NEWEST} FROM {TALK} WHERE name = ?"
HELD = f"SELECT talk.id, slot, talk.path, NULL, NULL FROM {TALK} WHERE name = ?"
ASKED = f"""
    SELECT talk.id, slot, talk.path, page.id, {LED_TO}
    FROM pages AS page JOIN {TALK} ON talk.id = page.conversation
    WHERE page.token = ? AND name = ? AND {IS_THERE}
"""
BEGIN = "INSERT INTO conversations (name, path, started, touched, slot) VALUES (?, ?, ?, ?, ?)"
ADD_PAGE = """
    INSERT INTO pages (token, conversation, answered, answer, parent, path, step, made, created, expires,
        retired, size, shown, frames)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SET_RECORD = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
DROP_RECORD = "DELETE FROM records WHERE conversation = ? AND name = ?"
RETIRE = "UPDATE pages SET retired = 1 WHERE token = ? AND conversation = ?"
RETIRE_ALL = "UPDATE pages SET retired = 1 WHERE conversation = ? AND NOT retired"
TOUCH = "UPDATE conversations SET touched = ?, slot = ?, path = ? WHERE id = ?"
LATEST = f"""
    SELECT * FROM (
        SELECT slot, {TOUCHED} AS last, id, name, path, started, {COUNT}, {BYTES}, {NEWEST}
        FROM {TALK} WHERE slot <= :slot
    ) WHERE (slot, last, id) < (:slot, :last, :key) ORDER BY slot DESC, last DESC, id DESC LIMIT :many
"""
EVERYTHING = f"""
    SELECT (SELECT count(*) FROM conversations),
        (SELECT count(*) FROM pages WHERE shown IS NOT NULL), {BYTES_IN_ALL}
"""
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
        self._claims = self._file.claims

    def load(self, token: str) -> Page | None:
        row = self._row(LOAD, token)
        return _page(row) if row else None

    def outcome(self, token: str, answer: str) -> str | None:
        row = self._row(STANDS, answer, token)
        return row[1] if row else None

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
        return self._claims.claim(conversation, owner, self._clock.now(), seconds)

    def take(self, token: str, answer: str, owner: str, seconds: float) -> Taken | None:
        with self._file.read() as connection:
            row = connection.execute(LOAD_ASKED, (answer, token)).fetchone()
            if row is None:
                return None
            page, outcome = _page(row), row[10]
            if outcome is not None or not self.claim(page.conversation, owner, seconds):
                return Taken(page, outcome, False)
            try:
                row = connection.execute(STANDS, (answer, token)).fetchone()  # as it is since it was claimed
            except BaseException:
                self.release(page.conversation, owner)
                raise
        if row is None or row[1] is not None:
            self.release(page.conversation, owner)
            return Taken(page, row[1], False) if row else None
        return Taken(page if page.retired == row[0] else page._replace(retired=True), None, True)

    def ready(self) -> None:
        with self._file.write():
            pass

    def release(self, conversation: str, owner: str) -> None:
        self._claims.release(conversation, owner)

    def complete(self, step: Step) -> None:
        now = self._clock.now()
        with self._file.write() as connection:
            key, asked = self._held(connection, step, now)
            if step.retire_all:
                connection.execute(RETIRE_ALL, (key,))
            _add_pages(connection, key, step, asked, now)
            _set_records(connection, key, step)
            if step.retire:
                connection.executemany(RETIRE, [(token, key) for token in step.retire])
        if not step.keep:
            self._claims.release(step.conversation, step.owner)

    def _held(self, connection: Connection, step: Step, now: float) -> tuple[int, int | None]:
        """The numbers of the step's conversation, which must be held by its owner, or be new, and of the page
        that it answers. The conversation is touched now."""
        name = step.conversation
        row = connection.execute(*_looking_up(step)).fetchone()
        if step.owner:
            mine = self._claims.is_mine(name, step.owner, now)
        else:
            mine = row is None and self._claims.holder(name, now) is None
        if not mine:
            raise ClaimLostError(f"conversation {name} is no longer claimed by this process")
        if step.answered is not None and (row is None or row[4] is not None):
            raise ClaimLostError(f"the answered page of {name} is gone, or was answered so before")
        path, slot = step.pages[0].path if step.pages else "", int(now // SLOT)
        if row is None:
            return connection.execute(BEGIN, (name, path, now, now, slot)).lastrowid or 0, None
        if slot != row[1] or not step.pages or not row[2]:
            connection.execute(TOUCH, (now, slot, row[2] or path, row[0]))
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
        self._claims.release(conversation)

    def sweep(
        self,
        *,
        before: float | None = None,
        most_bytes: int | None = None,
        spare: float | None = None,
        at_most: int | None = None,
    ) -> Swept:
        sweep = Sweep(self._file, self._claims, self._clock, at_most)
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
        slot, last, key = END, LAST, END
        while rows := self._rows(LATEST, slot=slot, last=last, key=key, many=MANY):
            slot, last, key = rows[-1][:3]
            for _, touched, _, name, path, started, pages, size, newest in rows:
                owner = self._claims.holder(name, self._clock.now())
                yield Conversation(name, path, started, touched, pages, size, newest, owner)

    def count(self) -> Count:
        return Count(*self._row(EVERYTHING))

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


def _page(row: Any) -> Page:
    return Page._make((*row[:9], bool(row[9])))


def _looking_up(step: Step) -> tuple[str, tuple[str, ...]]:
    if step.answered is None:
        return HELD, (step.conversation,)
    return ASKED, (step.answer, step.answered, step.conversation)


def _add_pages(connection: Connection, key: int, step: Step, asked: int | None, now: float) -> None:
    """Add the step's pages: the last one is where the answer leads."""
    led_to = step.pages[-1] if step.pages else None
    try:
        for page in step.pages:
            answer = (asked, step.answer) if page is led_to and asked is not None else (None, None)
            connection.execute(ADD_PAGE, (page.token, key, *answer, *_values(page, now)))
    except IntegrityError as error:
        raise StoreError("a page with this token is there already") from error


def _values(page: Page, now: float) -> tuple[object, ...]:
    place = (page.parent, page.path, page.step)
    return (*place, now, page.created, page.expires, page.retired, page_bytes(page), page.shown, page.frames)


def _set_records(connection: Connection, key: int, step: Step) -> None:
    for name, value in step.records.items():
        if value is None:
            connection.execute(DROP_RECORD, (key, name))
        else:
            connection.execute(SET_RECORD, (key, name, value))
