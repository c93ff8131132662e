"""The gate of an SQLite file: one writer at a time, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from contweb.stores import sqlite_gate
from contweb.stores.sqlite import SQLiteStore
from contweb.stores.sqlite_claims import claims_beside
from contweb.stores.sqlite_gate import Gate
from tests.stores.processes import Process, in_child


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path) -> Iterator[SQLiteStore]:
    with closing(SQLiteStore(file)) as store:
        yield store


@pytest.fixture
def gate(store: SQLiteStore, file: Path) -> Gate:
    return claims_beside(str(file)).gate


HOLDS = """
from contweb.stores.sqlite_claims import claims_beside
assert claims_beside(path).gate.enter()
print("in", flush=True)
input()
claims_beside(path).gate.leave()
print("out", flush=True)
input()
"""


def holder(file: Path) -> Process:
    process = Process(file, HOLDS)
    process.go()
    assert process.line() == "in"
    return process


def test_another_process_waits(gate: Gate, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = holder(file)
    monkeypatch.setattr(sqlite_gate, "PATIENCE", 0.01)
    assert not gate.enter()
    monkeypatch.setattr(sqlite_gate, "PATIENCE", 60)
    entered: list[bool] = []
    waiting = Thread(target=lambda: entered.append(gate.enter()))
    waiting.start()
    other.go()
    assert other.line() == "out"
    waiting.join()
    assert entered == [True]
    gate.leave()
    other.kill()


def test_a_killed_process_stands_in_no_gate(gate: Gate, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder(file).kill()
    monkeypatch.setattr(sqlite_gate, "PATIENCE", 60)
    assert gate.enter()
    gate.leave()


def test_another_thread_waits(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_gate, "PATIENCE", 60)
    inside: list[str] = []

    def go_in(name: str) -> None:
        for _ in range(200):
            assert gate.enter()
            inside.append(name)
            assert inside == [name]
            inside.clear()
            gate.leave()

    threads = [Thread(target=go_in, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gate.enter()  # no thread has ended inside
    gate.leave()


def test_who_has_waited_for_long_writes_without_it(
    store: SQLiteStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = holder(file)
    monkeypatch.setattr(sqlite_gate, "PATIENCE", 0.01)
    assert store.setting("name", b"value") == b"value"
    other.kill()


def test_a_child_has_a_gate_of_its_own(
    store: SQLiteStore, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a thread of the parent holds at the fork, nobody in the child waits for."""
    monkeypatch.setattr(sqlite_gate, "PATIENCE", 3600)
    assert gate._threads.acquire()

    def write() -> None:
        assert store.setting("name", b"value") == b"value"

    try:
        in_child(write)
    finally:
        gate._threads.release()
