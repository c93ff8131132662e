"""The two stores do the same, whatever is asked of them in whatever order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contweb.clock import TestClock
from contweb.errors import StoreError
from contweb.stores.base import NOTED, Page, Step, Store
from contweb.stores.memory import MemoryStore
from contweb.stores.sqlite import SQLiteStore

talks = st.sampled_from(["a", "b", "c"])
tokens = st.sampled_from([f"t{number}" for number in range(8)])
owners = st.sampled_from(["", "elsewhere:1:1:1", "elsewhere:2:2:2"])
answers = st.sampled_from(["x", "y"])
records = st.dictionaries(st.sampled_from(["r", "s"]), st.none() | st.binary(max_size=5), max_size=2)
lives = st.none() | st.integers(-5, 50)


class SameStores(RuleBasedStateMachine):
    """Does everything twice, and compares."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.clock = TestClock(1000)
        self.one = MemoryStore(self.clock)
        self.two = SQLiteStore(Path(self._folder.name) / "store.db", self.clock)

    def teardown(self) -> None:
        self.two.close()
        self._folder.cleanup()

    def both(self, work: Callable[[Store], Any]) -> None:
        one, two = outcome(work, self.one), outcome(work, self.two)
        assert one == two
        self.clock.advance(0.001)  # the order of what happens at the same moment is not promised

    @rule(talk=talks, owner=owners.filter(bool), seconds=st.integers(1, 60))
    def claim(self, talk: str, owner: str, seconds: int) -> None:
        self.both(lambda store: store.claim(talk, owner, seconds))

    @rule(talk=talks, owner=owners)
    def release(self, talk: str, owner: str) -> None:
        self.both(lambda store: store.release(talk, owner))

    @rule(
        talk=talks,
        owner=owners,
        made=st.lists(st.tuples(tokens, lives), max_size=2),
        answered=st.none() | tokens,
        answer=answers,
        records=records,
        retire=st.lists(tokens, max_size=2),
        claimed=st.booleans(),
    )
    def complete(
        self,
        talk: str,
        owner: str,
        made: list[tuple[str, int | None]],
        answered: str | None,
        answer: str,
        records: dict[str, bytes | None],
        retire: list[str],
        claimed: bool,
    ) -> None:
        pages = tuple(
            Page(
                token, talk, answered, f"/{talk}", "s", b"shown", None, 1.0, life and self.clock.now() + life
            )
            for token, life in made
        )
        step = Step(talk, owner, pages, answered, answer, records, tuple(retire))
        if claimed and owner:
            self.claim(talk, owner, 10)
        self.both(lambda store: store.complete(step))

    @rule(talk=talks)
    def forget(self, talk: str) -> None:
        self.both(lambda store: store.forget(talk))

    @rule(
        age=st.none() | st.integers(0, 100),
        most=st.sampled_from([None, 0]),
        spare=st.none() | st.integers(0, 100),
    )
    def sweep(self, age: int | None, most: int | None, spare: int | None) -> None:
        before = None if age is None else self.clock.now() - age
        since = None if spare is None else self.clock.now() - spare
        self.both(lambda store: store.sweep(before=before, most_bytes=most, spare=since))

    @rule(name=st.sampled_from(["m", "n"]), value=st.none() | st.binary(max_size=3))
    def note(self, name: str, value: bytes | None) -> None:
        self.both(lambda store: store.note(name, value))

    @rule()
    def wait_for_days(self) -> None:
        self.clock.advance(NOTED)

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(name=st.sampled_from(["k", "l"]), value=st.none() | st.binary(max_size=3))
    def setting(self, name: str, value: bytes | None) -> None:
        self.both(lambda store: store.setting(name, value))

    @invariant()
    def same(self) -> None:
        assert list(self.one.conversations()) == list(self.two.conversations())
        assert self.one.count() == self.two.count()
        for talk in ("a", "b", "c"):
            assert self.one.pages(talk) == self.two.pages(talk)
            assert self.one.records(talk) == self.two.records(talk)
            assert self.one.newest(talk) == self.two.newest(talk)
        for token in (f"t{number}" for number in range(8)):
            assert self.one.load(token) == self.two.load(token)
            assert self.one.answers(token) == self.two.answers(token)
            assert self.one.outcome(token, "x") == self.two.outcome(token, "x")


def outcome(work: Callable[[Store], Any], store: Store) -> Any:
    """What came of it: a value or an error of ours."""
    try:
        return work(store)
    except StoreError as error:
        return type(error)


TestSameStores = SameStores.TestCase
TestSameStores.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
