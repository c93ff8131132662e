"""From a URL to a store."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from contweb.clock import TestClock
from contweb.errors import ConfigurationError
from contweb.stores.memory import MemoryStore
from contweb.stores.open import open_store
from contweb.stores.owner import new_owner
from contweb.stores.sqlite import SQLiteStore


def test_memory() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store("sqlite:///a b%20#.db")) as store:
        monkeypatch.chdir("/")
        store.close()
        store.setting("name", b"value")  # still the file of before
    assert (tmp_path / "a b%20#.db").stat().st_size > 0


def test_an_absolute_path(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/store.db?synchronous=full&timeout=0.5")) as store:
        assert isinstance(store, SQLiteStore)
        with store._file.read() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert (tmp_path / "store.db").exists()


@pytest.mark.parametrize("url", ["memory:", "sqlite:///store.db"])
def test_the_clock_is_the_one_given(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    clock = TestClock()
    with closing(open_store(url, clock)) as store:
        assert store.claim("talk", new_owner(), 30)
        clock.advance(30)
        assert store.claim("talk", new_owner(), 30)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://localhost", "no store for redis: yet. Known are memory:, sqlite:///relative/path"),
        ("postgresql://localhost/db", "no store for postgresql: yet"),
        ("sealed:", "no store for sealed: yet"),
        ("mysql://localhost", "no store for mysql:. Known are memory:"),
        ("contweb.db", "no store for a name without a scheme"),
        ("", "no store for a name without a scheme"),
        ("memory://", "no store for memory:"),
        ("sqlite://store.db", "sqlite:///relative/path or sqlite:////absolute/path"),
        ("sqlite:store.db", "sqlite:///relative/path or sqlite:////absolute/path"),
        ("sqlite:///", "needs the path of a file"),
        ("sqlite:///:memory:", "for one in memory take memory:"),
        ("sqlite:///store.db?sync=full", "options synchronous and timeout, but not sync"),
        ("sqlite:///store.db?synchronous=off", '"normal" or "full", not \'off\''),
        ("sqlite:///store.db?timeout=long", "number of seconds from 0 to 4"),
        ("sqlite:///store.db?timeout=60", "number of seconds from 0 to 4"),
        ("sqlite:///store.db?timeout=nan", "number of seconds from 0 to 4"),
    ],
)
def test_what_names_no_store(url: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        open_store(url)
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []
