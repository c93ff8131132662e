"""What is particular to SQLite: files, processes, forks, locks."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from contweb.clock import TestClock
from contweb.errors import ConfigurationError, StoreError, StoreUnavailableError
from contweb.stores import sqlite_file, sqlite_log
from contweb.stores.base import Count
from contweb.stores.owner import new_owner
from contweb.stores.sqlite import SQLiteStore
from contweb.stores.sqlite_schema import SLOT
from contweb.stores.sqlite_sweep import Sweep
from tests.stores.contract import at_once, go_on, page, start
from tests.stores.processes import Process, in_child, in_processes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path, clock: TestClock) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(file, clock)) as store:
        yield store


# the log


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is moved into the file after each commit."""
    monkeypatch.setattr(sqlite_log, "COMMITS", 1)


def log_pages(file: Path) -> int:
    return Path(f"{file}-wal").stat().st_size // 4096


def test_the_log_begins_anew(always: None, store: SQLiteStore, file: Path) -> None:
    start(store, page("t1"))
    before = log_pages(file)
    for number in range(50):
        store.setting(f"s{number}", b"value" * 100)
    assert log_pages(file) == before


def test_a_reader_that_stays_keeps_the_log_and_no_step(
    always: None, store: SQLiteStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log, "PATIENCE", 1)
    with closing(sqlite3.connect(file)) as backup:
        backup.execute("BEGIN")
        before = backup.execute("SELECT count(*) FROM settings").fetchone()
        for number in range(5):
            store.setting(f"s{number}", b"value")
        assert backup.execute("SELECT count(*) FROM settings").fetchone() == before
    with store._file.read() as connection:  # that waits for others as before
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (4000,)
    assert store.setting("s4") == b"value"


def test_a_log_that_cannot_be_moved_fails_no_step(
    store: SQLiteStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(log: object, execute: Callable[[str], object]) -> None:
        execute("SELECT * FROM nowhere")

    monkeypatch.setattr(sqlite_log.Log, "committed", move)
    start(store, page("t1"))
    assert store.load("t1") is not None


# several processes


def test_a_new_file_met_by_eight_processes(file: Path) -> None:
    code = """
store = SQLiteStore(path)
for turn in range(5):
    name = f"{number} {turn}"
    store.complete(Step(name, "", (Page(name, name, None, "/", "s", b"", b"", 0.0, None),)))
    assert store.setting("who", number.encode())
store.close()
"""
    assert in_processes(8, file, code) == [""] * 8
    with closing(SQLiteStore(file)) as store:
        assert (store.count().conversations, store.count().pages) == (8 * 5, 8 * 5)


def test_a_new_file_that_another_makes_while_it_is_looked_at(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def number(connection: sqlite3.Connection, pragma: str) -> int:
        result = read(connection, pragma)
        if pragma == "application_id" and not makers:
            makers.append(Thread(target=lambda: SQLiteStore(file).close()))
            makers[0].start()
            makers[0].join(0.5)  # it ends here, or waits for us
        return result

    read, makers = sqlite_file._number, list[Thread]()
    monkeypatch.setattr(sqlite_file, "_number", number)
    SQLiteStore(file).close()
    makers[0].join()


def test_two_processes_claim_at_once(store: SQLiteStore, file: Path) -> None:
    start(store, page("t1"))
    code = """
store = SQLiteStore(path)
print(*[int(store.claim(f"talk {turn}", f"elsewhere:{number}:1:1", 30)) for turn in range(50)])
store.close()
"""
    first, second = (out.split() for out in in_processes(2, file, code))
    assert [int(a) + int(b) for a, b in zip(first, second, strict=True)] == [1] * 50


def test_a_killed_process_holds_nothing_and_loses_nothing(store: SQLiteStore, file: Path) -> None:
    code = """
store, owner = SQLiteStore(path), new_owner()
store.complete(Step("talk", "", (Page("t1", "talk", None, "/", "s", b"shown", b"", 0.0, None),)))
assert store.claim("talk", owner, 1e12)
print("claimed", flush=True)
input()
"""
    process = Process(file, code)
    process.go()
    assert process.line() == "claimed"
    assert not store.claim("talk", new_owner(), 30)
    process.kill()
    assert store.claim("talk", new_owner(), 30)
    assert store.load("t1") is not None


def test_killed_in_the_middle_of_a_transaction(store: SQLiteStore, file: Path) -> None:
    start(store, page("t1"))
    code = """
store = SQLiteStore(path)
with store._file.write() as connection:
    connection.execute("DELETE FROM pages")
    print("deleted", flush=True)
    input()
"""
    process = Process(file, code)
    process.go()
    assert process.line() == "deleted"
    assert store.load("t1") is not None
    process.kill()
    go_on(store, "t1", "t2")


def test_reopening_keeps_everything(file: Path, clock: TestClock) -> None:
    with closing(SQLiteStore(file, clock)) as store:
        start(store, page("t1"), records={"shared": b"1"})
        go_on(store, "t1", "t2")
        store.setting("keys", b"check")
        before = (store.pages("talk"), list(store.conversations()), store.count())
    with closing(SQLiteStore(file, clock, synchronous="full")) as store:
        assert (store.pages("talk"), list(store.conversations()), store.count()) == before
        assert store.outcome("t1", "yes") == "t2"
        assert (store.records("talk"), store.setting("keys")) == ({"shared": b"1"}, b"check")


# forks and threads


def test_a_fork_after_opening(store: SQLiteStore) -> None:
    start(store, page("t1"))
    in_child(lambda: go_on(store, "t1", "t2", "by the child"))
    go_on(store, "t1", "t3", "by the parent")
    assert [found.token for found in store.pages("talk")] == ["t1", "t2", "t3"]


def test_no_connection_crosses_a_fork(store: SQLiteStore) -> None:
    start(store, page("t1"))

    def look() -> None:
        with store._file.read() as connection:
            assert connection is not lent
        assert lent in sqlite_file._left_alone
        assert len(store._file._open) == 1
        store.close()

    with store._file.read() as lent:
        in_child(look)
        assert lent.execute("SELECT count(*) FROM pages").fetchone() == (1,)
    assert store.load("t1") is not None


def test_a_connection_that_is_in_use_when_the_store_is_closed(store: SQLiteStore) -> None:
    with store._file.read() as lent:
        store.close()
        assert lent.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError):
        lent.execute("SELECT 1")
    assert store.load("t1") is None


def test_threads_that_come_and_go_share_connections(store: SQLiteStore) -> None:
    for _ in range(10):
        at_once(1, lambda number: store.setting("name", b"value") and None)
    assert len(store._file._open) == 1


# trouble with the file


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: file.mkdir(), "is a directory"),
        (lambda file: file.write_bytes(b"not a database at all" * 100), "not an SQLite database"),
        (lambda file: foreign(file, "CREATE TABLE t (x)"), "database of another program"),
        (lambda file: foreign(file, "PRAGMA application_id = 7"), "database of another program"),
        (lambda file: foreign(file, "PRAGMA user_version = 1"), "database of another program"),
    ],
)
def test_a_file_that_cannot_serve(file: Path, make: Callable[[Path], None], said: str) -> None:
    make(file)
    with pytest.raises(ConfigurationError, match=said):
        SQLiteStore(file)


def foreign(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)


def test_a_file_of_a_newer_contweb(store: SQLiteStore, file: Path) -> None:
    with store._file.read() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigurationError, match="newer contweb"):
        SQLiteStore(file)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no directory"):
        SQLiteStore(tmp_path / "missing" / "store.db")


def test_a_file_that_may_not_be_written(store: SQLiteStore, file: Path) -> None:
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    with closing(connection), pytest.raises(sqlite3.Error) as caught:
        connection.execute("DELETE FROM pages")
    assert "may not be written" in str(sqlite_file._at_opening(caught.value, str(file)))
    assert isinstance(sqlite_file.explain(caught.value, str(file)), StoreUnavailableError)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_file(store: SQLiteStore, file: Path) -> None:
    file.chmod(0o400)
    with pytest.raises(ConfigurationError, match="may not be written"):
        SQLiteStore(file)


def test_an_sqlite_that_is_too_old(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(ConfigurationError, match=r"needs 3\.37 or later"):
        SQLiteStore(file)


def test_the_file_is_its_owners_alone(store: SQLiteStore, file: Path) -> None:
    start(store, page("t1"))
    modes = {stat.S_IMODE(found.stat().st_mode) for found in file.parent.iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize(
    "work",
    [
        lambda store: start(store, page("t2", "another")),
        lambda store: store.forget("talk"),
        lambda store: store.sweep(before=1e12),
        lambda store: store.setting("name", b"value"),
    ],
)
def test_a_store_that_is_busy(file: Path, work: Callable[[SQLiteStore], object]) -> None:
    with closing(SQLiteStore(file, timeout=0.01)) as store, closing(sqlite3.connect(file)) as other:
        start(store, page("t1"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="busy"):
            work(store)
        assert store.load("t1") is not None  # reading goes on
        other.rollback()
        work(store)


def test_a_store_that_has_gone(store: SQLiteStore, file: Path) -> None:
    start(store, page("t1"))
    store.close()
    file.rename(file.with_name("away.db"))
    with pytest.raises(StoreUnavailableError):
        store.load("t1")
    with pytest.raises(StoreUnavailableError):
        go_on(store, "t1", "t2")
    assert not file.exists()  # nothing is begun anew in silence
    file.with_name("away.db").rename(file)
    assert store.load("t1") is not None


def test_a_damaged_file(store: SQLiteStore, file: Path) -> None:
    start(store, page("t1"))
    store.close()
    file.write_bytes(file.read_bytes()[:100] + bytes(len(file.read_bytes()) - 100))
    with pytest.raises((StoreError, ConfigurationError)):
        store.load("t1")


def test_a_failed_step_leaves_a_working_connection(store: SQLiteStore) -> None:
    start(store, page("t1"))
    with pytest.raises(StoreError):
        start(store, page("t2", "other"), page("t1", "other"))
    with pytest.raises(TypeError):
        start(store, page("t2", "other"), page("t3", "other", shown=None))
    assert [len(store._file._idle), len(store._file._open)] == [1, 1]
    assert store.load("t2") is None
    go_on(store, "t1", "t2")


# the cost of a step


def test_most_steps_leave_the_index_of_ages_alone(store: SQLiteStore, clock: TestClock) -> None:
    clock.advance(SLOT - clock.now() % SLOT)
    start(store, page("t1"))
    statements: list[str] = []
    with store._file.read() as connection:
        connection.set_trace_callback(statements.append)
    clock.advance(SLOT - 1)
    go_on(store, "t1", "t2", "a")
    assert not any("slot =" in statement for statement in statements)
    clock.advance(1)
    go_on(store, "t1", "t3", "b")
    assert any("slot =" in statement for statement in statements)


def test_every_look_up_goes_through_an_index(store: SQLiteStore, clock: TestClock) -> None:
    statements: list[str] = []
    with store._file.read() as connection:
        connection.set_trace_callback(statements.append)
        start(store, page("t1", expires=clock.now()), records={"shared": b"1"})
        connection.set_trace_callback(None)
    with store._file.read() as connection:
        connection.set_trace_callback(statements.append)
    go_on(store, "t1", "t2", expires=clock.now())
    (
        store.load("t1"),
        store.outcome("t1", "yes"),
        store.answers("t1"),
        store.records("talk"),
        store.newest("talk"),
    )
    (store.pages("talk"), list(store.conversations()), store.forget("talk"))
    clock.advance(1)
    start(store, page("t3"), page("t4", expires=1.0), page("t5", "talk"))
    store.sweep(before=clock.now() - 10, most_bytes=0)
    with store._file.read() as connection:
        connection.set_trace_callback(None)
        for statement in {
            one for one in statements if one.split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT")
        }:
            if "FROM conversations)" not in statement:  # the count of everything
                plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
                assert not [step for step in plan if re.match("SCAN (?!json_each)", step)], statement


@pytest.mark.parametrize("limits", [{}, {"at_most": 2}])
def test_a_sweep_costs_no_more_among_many_living(tmp_path: Path, limits: dict[str, int]) -> None:
    few, many = (cost_of_a_sweep(tmp_path / f"{living}.db", living, limits) for living in (50, 1000))
    assert many < few * 1.2


def cost_of_a_sweep(file: Path, living: int, limits: dict[str, int]) -> int:
    """How many instructions of SQLite's machine a sweep takes that finds little to do among many."""
    clock, ticks = TestClock(), count()
    with closing(SQLiteStore(file, clock)) as store:
        store.note("version", b"source")
        for number in range(4):
            start(
                store, page(f"o{number}", f"old {number}"), page(f"f{number}", f"old {number}", expires=1.0)
            )
        clock.advance(SLOT)
        before = clock.now()
        clock.advance(SLOT)
        for number in range(living):
            clock.advance(1)
            name = f"talk {number}"
            start(store, page(f"t{number}", name), page(f"e{number}", name, expires=clock.now()))
        with store._file.read() as connection:
            connection.set_progress_handler(lambda: next(ticks) < 0, 1)
        swept = store.sweep(before=before, most_bytes=10**9, **limits)
        assert swept.conversations == limits.get("at_most", 4)
    return next(ticks)


def test_a_step_just_before_its_conversation_would_be_swept(
    store: SQLiteStore, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(store, page("a1", "a"))
    start(store, page("b1", "b"))
    clock.advance(1)
    look_up = Sweep._look_up

    def look_up_and_answer(*args: Any) -> Any:
        found = look_up(*args)
        if store.load("a2") is None:
            go_on(store, "a1", "a2", conversation="a")
        return found

    monkeypatch.setattr(Sweep, "_look_up", look_up_and_answer)
    assert store.sweep(before=clock.now(), most_bytes=0, spare=clock.now()).conversations == 1
    assert [found.token for found in store.pages("a")] == ["a1", "a2"]


SWEEPING = """
import sys
from contweb.stores.sqlite import SQLiteStore
store = SQLiteStore(sys.argv[1])
print("opened", flush=True)
store.sweep(before=500.0)
"""


def test_a_sweep_that_is_killed_loses_nothing_living(file: Path) -> None:
    clock = TestClock(start=0)
    with closing(SQLiteStore(file, clock)) as store:
        for number in range(3000):
            if number == 2800:
                clock.advance(1000)
            name = f"talk {number}"
            start(store, page(f"a{number}", name), page(f"b{number}", name), records={"shared": b"1"})
        command = [sys.executable, "-c", SWEEPING, str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as sweeping:
            assert sweeping.stdout.readline() == b"opened\n"
            while store.count().conversations == 3000:
                assert sweeping.poll() is None
            sweeping.kill()
        left = {found.name: found for found in store.conversations()}
        assert 200 <= len(left) < 3000
        assert all(f"talk {number}" in left for number in range(2800, 3000))
        for name, found in left.items():  # each is whole
            assert (found.pages, len(store.pages(name)), store.records(name)) == (2, 2, {"shared": b"1"})
        assert store.count().pages == 2 * len(left)
        assert store.sweep(before=500.0).conversations == len(left) - 200


OLD = Path(__file__).with_name("format_3.sql").read_text()


def test_a_file_of_the_first_format_goes_on(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(f"{OLD} DROP TABLE blobs; DROP TABLE notes; PRAGMA user_version = 1;")
        connection.execute("INSERT INTO settings VALUES ('version app 1 0', x'31')")
        connection.commit()
    with closing(SQLiteStore(file)) as store:
        store.add_chunk("talk", "blob", 0, b"1")
        assert (store.chunk("talk", "blob", 0), store.load("t1")) == (b"1", page("t1"))
        assert (store.note("version app 1 0"), store.setting("version app 1 0")) == (b"1", None)
        assert store.setting("keys") == b"check"


def test_a_file_of_the_third_format_goes_on(file: Path, clock: TestClock) -> None:
    """Its page t1 has led to t3, which was swept, and to t5; two conversations are claimed."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(OLD)
    clock.advance(1)
    with closing(SQLiteStore(file, clock)) as store:
        (found,) = store.conversations()
        assert (found.name, found.started, found.touched) == ("talk", clock.now() - 1, clock.now())
        assert (found.pages, found.bytes, found.newest, found.owner) == (3, 106, "t5", None)
        assert store.pages("talk") == (page("t1"), page("t4"), page("t5", parent="t1"))
        assert (store.outcome("t1", "a"), store.outcome("t1", "c"), store.answers("t1")) == ("t3", "t5", 2)
        assert store.load("t3") is None
        assert (store.records("talk"), store.chunk("talk", "blob", 0)) == ({"shared": b"1"}, b"123")
        assert (store.setting("keys"), store.note("version")) == (b"check", b"source")
        go_on(store, "t1", "t6")
        start(store, page("n1", "never begun"))
        assert store.outcome("t1", "yes") == "t6"
        assert store.sweep(before=clock.now() + 1).pages == 5
        assert store.count() == Count(0, 0, 0)
