"""Claims on an SQLite file, between processes and inside one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contweb.clock import Clock, TestClock
from contweb.errors import ClaimLostError, ConfigurationError, StoreError
from contweb.stores import sqlite
from contweb.stores.base import Step
from contweb.stores.owner import new_owner
from contweb.stores.sqlite import SQLiteStore
from contweb.stores.sqlite_claims import ANOTHER
from tests.stores.contract import go_on, page, start
from tests.stores.processes import Process, in_child

HOLD = """
store, owner = SQLiteStore(path), new_owner()
assert store.take("t1", "yes", owner, 1.0).claimed
print("claimed", flush=True)
input()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(file, Clock())) as store:
        start(store, page("t1", expires=1.0))
        yield store


@pytest.fixture
def other(store: SQLiteStore, file: Path) -> Iterator[Process]:
    """A process that has claimed the conversation."""
    process = Process(file, HOLD)
    process.go()
    assert process.line() == "claimed"
    yield process
    process.kill()


def test_what_another_process_claims_is_seen(store: SQLiteStore, other: Process) -> None:
    assert next(store.conversations()).owner == ANOTHER
    assert not store.claim("talk", new_owner(), 30)
    taken = store.take("t1", "yes", new_owner(), 30)
    assert taken is not None
    assert not taken.claimed
    with pytest.raises(ClaimLostError):
        store.complete(Step("talk", "", (page("t2"),)))
    assert store.sweep(before=1e12, most_bytes=0).pages == 0
    other.kill()
    assert next(store.conversations()).owner is None
    assert store.sweep(before=1e12).pages == 1


def test_a_process_that_stands_still_holds_its_claims(store: SQLiteStore, other: Process) -> None:
    os.kill(other.pid, signal.SIGSTOP)
    assert not store.claim("talk", new_owner(), 30)
    os.kill(other.pid, signal.SIGKILL)
    other.kill()
    go_on(store, "t1", "t2")


def test_what_another_process_forgets_is_lost(store: SQLiteStore) -> None:
    owner = new_owner()
    assert store.take("t1", "yes", owner, 30)
    in_child(lambda: store.forget("talk"))
    with pytest.raises(ClaimLostError):
        store.complete(Step("talk", owner, (page("t2"),), "t1", "yes"))
    assert list(store.conversations()) == []


def test_stores_of_one_process_share_their_claims(store: SQLiteStore, file: Path) -> None:
    first, second = new_owner(), new_owner()
    assert store.claim("talk", first, 30)
    with closing(SQLiteStore(file)) as another:
        assert not another.claim("talk", second, 30)
    assert not claimed_by_a_child(store)  # closing the other one has not ended it
    store.release("talk", first)
    assert claimed_by_a_child(store)


def test_a_fork_has_none_of_its_parents_claims(store: SQLiteStore) -> None:
    owner = new_owner()
    assert store.claim("talk", owner, 30)

    def look() -> None:
        assert not store.claim("talk", owner, 30)
        store.release("talk", owner)

    in_child(look)
    assert not claimed_by_a_child(store)
    store.complete(Step("talk", owner, (page("t2"),), "t1", "yes"))


def test_a_claim_whose_time_is_over_can_be_taken_over_and_given_back(file: Path) -> None:
    clock = TestClock()
    with closing(SQLiteStore(file, clock)) as store:
        first, second = new_owner(), new_owner()
        assert store.claim("talk", first, 30)
        clock.advance(30)
        assert store.claim("talk", second, 30)
        store.release("talk", first)  # it is not its own any more
        assert not claimed_by_a_child(store)
        store.release("talk", second)
        assert claimed_by_a_child(store)


def test_a_claim_that_nobody_gives_back_ends_for_others_too(file: Path) -> None:
    clock = TestClock()
    with closing(SQLiteStore(file, clock)) as store:
        assert store.claim("talk", new_owner(), 30)
        clock.advance(30)
        assert not claimed_by_a_child(store)  # until this process claims anything
        assert store.claim("other", new_owner(), 30)
        assert claimed_by_a_child(store)


def test_a_page_that_cannot_be_taken_is_not_claimed(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "STANDS", "SELECT nothing")
    with pytest.raises(StoreError):
        store.take("t1", "yes", new_owner(), 30)
    assert claimed_by_a_child(store)


def test_a_file_of_claims_that_cannot_be_opened(file: Path) -> None:
    file.with_name("store.db-claims").mkdir()
    with pytest.raises(ConfigurationError, match=r"store\.db-claims may not be opened"):
        SQLiteStore(file)


def claimed_by_a_child(store: SQLiteStore) -> bool:
    """Whether another process can claim the conversation."""
    read, write = os.pipe()

    def claim() -> None:
        os.write(write, b"%d" % store.claim("talk", new_owner(), 30))

    in_child(claim)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        return answer.read() == b"1"
