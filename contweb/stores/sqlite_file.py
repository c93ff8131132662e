"""An SQLite file: opening it, its schema, connections that are never shared across threads or a fork, and
errors.

A connection is lent to one thread at a time, and taken back. Before a fork the idle ones are closed; those
that another thread was using are kept, untouched and unclosed, in the child, as SQLite asks for.
"""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType

from contweb.errors import ConfigurationError, ContwebError, StoreError, StoreUnavailableError
from contweb.stores.sqlite_claims import claims_beside
from contweb.stores.sqlite_log import AT_MOST, Log
from contweb.stores.sqlite_schema import APPLICATION, SCHEMAS, VERSION

Connection = sqlite3.Connection  # the other files have these from here
IntegrityError = sqlite3.IntegrityError

OLDEST_SQLITE = (3, 37)
UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOMEM,
}

_files: weakref.WeakSet[SQLiteFile] = weakref.WeakSet()
_left_alone: list[sqlite3.Connection] = []  # of the parent process: neither used nor closed here


class SQLiteFile:
    """One file and its connections. ``synchronous``: "normal" or "full"; ``timeout``: seconds to wait for a
    lock."""

    def __init__(self, path: str, synchronous: str, timeout: float) -> None:
        self.path = path
        self._synchronous = synchronous
        self._timeout = timeout
        self._pid = os.getpid()
        self.log = Log(timeout)
        self._idle: list[sqlite3.Connection] = []
        self._open: set[sqlite3.Connection] = set()
        _check_version()
        _check_place(path)
        try:
            self.give_back(self.borrow())  # so that what is wrong with the file is said at once
        except sqlite3.Error as error:
            raise _at_opening(error, path) from error
        self.claims = claims_beside(path)
        _files.add(self)

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection outside of any transaction: each statement sees one state."""
        return _Lent(self, write=False)

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection in a transaction that may write, which is committed at the end of the block, or
        undone."""
        return _Lent(self, write=True)

    def borrow(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            self._leave_to_parent()
        try:
            return self._idle.pop()
        except IndexError:
            pass
        connection = self._connect()
        self._open.add(connection)
        return connection

    def give_back(self, connection: sqlite3.Connection) -> None:
        if connection in self._open:
            self._idle.append(connection)
        elif self._pid == os.getpid():
            connection.close()  # the file was closed meanwhile

    def close(self) -> None:
        """Close all connections, those in use as soon as they are given back."""
        if self._pid != os.getpid():
            self._leave_to_parent()
        self._open.clear()
        self.close_idle()

    def close_idle(self) -> None:
        while self._idle:
            connection = self._idle.pop()
            self._open.discard(connection)
            connection.close()

    def _leave_to_parent(self) -> None:
        _left_alone.extend(self._open)
        self._pid, self._idle, self._open = os.getpid(), [], set()

    def _connect(self) -> sqlite3.Connection:
        """Open the file, and make what is missing in it. Many processes may do this at the same moment, and
        SQLite does not wait for a lock in all that happens here: hence the second and further tries."""
        end = time.monotonic() + self._timeout
        place = f"{Path(self.path).as_uri()}?mode=rw"  # it was made at the start; never begin anew in silence
        while True:
            try:
                return self._connect_once(place)
            except sqlite3.Error as error:
                if _primary(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            time.sleep(0.005)

    def _connect_once(self, place: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            place,
            uri=True,
            timeout=self._timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )
        try:
            _prepare(connection, self.path, self._synchronous)
        except BaseException:
            connection.close()
            raise
        return connection


class _Lent:
    """Lends a connection for a block, and turns SQLite's errors into ours. (A class, as it is on the way of
    each step: half the time of a generator.)"""

    __slots__ = ("_connection", "_file", "_gate", "_write")

    def __init__(self, file: SQLiteFile, write: bool) -> None:
        self._file, self._write = file, write

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection = self._file.borrow()
            if self._write:
                self._begin()
        except sqlite3.Error as error:
            raise explain(error, self._file.path) from error
        return self._connection

    def _begin(self) -> None:
        gate = self._file.claims.gate
        self._gate = gate if gate.enter() else None
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            self._file.give_back(self._connection)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None and self._write:
                self._connection.execute("COMMIT")
        except sqlite3.Error as refused:
            error = refused
        finally:
            self._finish()
        if isinstance(error, sqlite3.Error):
            raise explain(error, self._file.path) from error

    def _finish(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # SQLite has rolled it back by itself
        if self._write:
            self._leave()
            self._move_log()
        self._file.give_back(self._connection)

    def _leave(self) -> None:
        if self._gate is not None:
            self._gate.leave()

    def _move_log(self) -> None:
        try:
            self._file.log.committed(self._connection.execute)
        except sqlite3.Error:
            pass  # it is in the log, and stays there


def explain(error: sqlite3.Error, path: str) -> ContwebError:
    """Our error for one of SQLite's."""
    code = _primary(error)
    if code == sqlite3.SQLITE_BUSY:
        return StoreUnavailableError(f"the store {path} is busy: another process kept it locked for too long")
    if code in UNAVAILABLE:
        return StoreUnavailableError(f"the store {path} cannot be used now: {error}")
    return StoreError(f"the store {path}: {error}")


def _at_opening(error: sqlite3.Error, path: str) -> ContwebError:
    code = _primary(error)
    if code == sqlite3.SQLITE_NOTADB:
        return ConfigurationError(f"the store {path} is a file of another kind, not an SQLite database")
    if code == sqlite3.SQLITE_READONLY:
        return ConfigurationError(
            f"the store {path} may not be written by this process: check who owns it and its mode"
        )
    if code == sqlite3.SQLITE_CANTOPEN and not os.access(path, os.R_OK | os.W_OK):
        return ConfigurationError(
            f"the store {path} may not be opened by this process: check who owns it and its mode"
        )
    return explain(error, path)


def _primary(error: sqlite3.Error) -> int:
    """SQLite's error code without what refines it; 0 for an error of the Python module."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _check_version() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise ConfigurationError(f"SQLite is {sqlite3.sqlite_version} here; contweb needs {needed} or later")


def _check_place(path: str) -> None:
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise ConfigurationError(f"the store {path} cannot be made: there is no directory {folder}")
    if Path(path).is_dir():
        raise ConfigurationError(f"the store {path} is a directory; give the name of a file in it")
    _make_private(path)


def _make_private(path: str) -> None:
    """A new file is for its owner alone, and so are the files that SQLite puts beside it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
    except OSError as error:
        raise ConfigurationError(
            f"the store {path} may not be written by this process: {error.strerror}"
        ) from error


def _prepare(connection: sqlite3.Connection, path: str, synchronous: str) -> None:
    for setting in (
        f"synchronous={synchronous}",
        f"wal_autocheckpoint={AT_MOST}",
        "journal_size_limit=67108864",
        "cache_size=-8000",
        "temp_store=memory",
        "trusted_schema=off",
    ):
        connection.execute(f"PRAGMA {setting}").close()
    if _number(connection, "user_version") != VERSION:
        _make_schema(connection, path)
    if _number(connection, "application_id") != APPLICATION:
        raise _foreign(path)


def _make_schema(connection: sqlite3.Connection, path: str) -> None:
    _refuse_foreign(connection, path)
    (mode,) = connection.execute("PRAGMA journal_mode=wal").fetchone()
    if mode != "wal":
        raise ConfigurationError(f"the store {path} cannot have a write-ahead log there: use a local disk")
    with _transaction(connection, "BEGIN IMMEDIATE"):
        version = _number(connection, "user_version")  # now: another process may have been faster
        for statement in ";\n".join(SCHEMAS[version:]).split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={VERSION}")


def _refuse_foreign(connection: sqlite3.Connection, path: str) -> None:
    with _transaction(connection, "BEGIN"):  # one state of the file: another process may be making it
        version, application = _number(connection, "user_version"), _number(connection, "application_id")
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == APPLICATION and version > VERSION:
        raise ConfigurationError(
            f"the store {path} was written by a newer contweb: its format is {version}, not {VERSION}"
        )
    if application not in (0, APPLICATION) or ((tables or version) and application == 0):
        raise _foreign(path)


def _foreign(path: str) -> ConfigurationError:
    return ConfigurationError(f"the store {path} is an SQLite database of another program")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)


def _close_idle_everywhere() -> None:
    for file in list(_files):
        if file._pid == os.getpid():
            file.close_idle()


_register: Callable[..., None] | None = getattr(os, "register_at_fork", None)
if _register:
    _register(before=_close_idle_everywhere)
