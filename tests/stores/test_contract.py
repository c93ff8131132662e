"""The contract, on each store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contweb.clock import TestClock
from contweb.stores.base import Store
from contweb.stores.memory import MemoryStore
from contweb.stores.sqlite import SQLiteStore
from tests.stores.contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self, clock: TestClock) -> Store:
        return MemoryStore(clock)


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def store(self, clock: TestClock, tmp_path: Path) -> Iterator[Store]:
        with closing(SQLiteStore(tmp_path / "store.db", clock)) as store:
            yield store
