"""What every store must do. A class of tests that needs two fixtures, ``store`` and ``clock`` (its clock)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from contweb.clock import TestClock
from contweb.errors import ClaimLostError, StoreError, StoreKeysError
from contweb.sealing import Sealer
from contweb.stores.base import NOTED, Count, Page, Step, Store, Swept, Taken
from contweb.stores.keys import check_keys
from contweb.stores.owner import new_owner

A, B = bytes(32), bytes(range(32))


def page(token: str, conversation: str = "talk", **changes: object) -> Page:
    """A page to store."""
    made = Page(
        token, conversation, None, "/order/A-1", "name", b"shown " + token.encode(), b"frames", 5.0, None
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def start(store: Store, *pages: Page, **more: object) -> None:
    """Complete the first step of a conversation with these pages."""
    store.complete(Step(pages[0].conversation, "", pages, **more))  # type: ignore[arg-type]


def go_on(store: Store, answered: str, token: str, answer: str = "yes", **changes: object) -> None:
    """Claim the conversation, and answer one page so that it leads to another."""
    owner, new = new_owner(), page(token, **changes)
    assert store.claim(new.conversation, owner, 30)
    store.complete(Step(new.conversation, owner, (new,), answered, answer))


class StoreContract:
    """Subclass it, and give the fixtures."""

    # pages

    def test_a_page_comes_back_as_it_was_saved(self, store: Store) -> None:
        full = page(
            "t1",
            parent="t0",
            path="/zürich/\n",
            step="größe",
            shown=bytes(range(256)),
            created=1.25,
            expires=9.5,
        )
        start(store, full)
        assert store.load("t1") == full
        assert store.pages("talk") == (full,)

    def test_a_last_page_has_no_frames(self, store: Store) -> None:
        start(store, page("t1", frames=None), page("t2", frames=b""))
        assert [found.frames for found in store.pages("talk")] == [None, b""]

    def test_a_megabyte_comes_back(self, store: Store) -> None:
        start(store, page("t1", frames=b"\0" * 1_000_000), records={"big": b"\1" * 1_000_000})
        assert store.load("t1") == page("t1", frames=b"\0" * 1_000_000)
        assert store.records("talk") == {"big": b"\1" * 1_000_000}

    def test_what_is_not_there(self, store: Store) -> None:
        assert store.load("t1") is None
        assert store.outcome("t1", "yes") is None
        assert store.answers("t1") == 0
        assert store.records("talk") == {}
        assert store.newest("talk") is None
        assert store.pages("talk") == ()
        assert list(store.conversations()) == []
        assert store.count() == Count(0, 0, 0)

    def test_names_are_told_apart_exactly(self, store: Store) -> None:
        start(store, page("Token", "Talk"))
        assert store.load("token") is None
        assert store.load("Token ") is None
        assert store.load("Tok%") is None
        assert store.pages("talk") == ()

    def test_a_token_in_use_is_refused_and_nothing_is_changed(self, store: Store) -> None:
        start(store, page("t1"))
        with pytest.raises(StoreError):
            start(store, page("t2", "other"), page("t1", "other"))
        assert store.load("t2") is None
        assert [found.name for found in store.conversations()] == ["talk"]
        with pytest.raises(StoreError):
            start(store, page("t3", "other"), page("t3", "other"))
        assert store.load("t3") is None

    def test_expired_pages_are_returned_until_swept(self, store: Store, clock: TestClock) -> None:
        start(store, page("t1", expires=clock.now() + 1))
        clock.advance(2)
        assert store.load("t1") is not None

    # claims

    def test_one_owner_at_a_time(self, store: Store) -> None:
        first, second = new_owner(), new_owner()
        assert store.claim("talk", first, 30)
        assert not store.claim("talk", second, 30)
        assert store.claim("other", second, 30)
        store.release("talk", second)  # not its own: nothing happens
        assert not store.claim("talk", second, 30)
        store.release("talk", first)
        assert store.claim("talk", second, 30)

    def test_a_claim_of_what_is_not_there_makes_nothing(self, store: Store) -> None:
        assert store.claim("talk", new_owner(), 30)
        assert list(store.conversations()) == []
        assert store.count() == Count(0, 0, 0)

    def test_a_claim_ends_with_its_time(self, store: Store, clock: TestClock) -> None:
        start(store, page("t1"))
        first, second = new_owner(), new_owner()
        assert store.claim("talk", first, 30)
        clock.advance(29)
        assert not store.claim("talk", second, 30)
        clock.advance(1)
        assert store.claim("talk", second, 30)
        assert not store.claim("talk", first, 30)

    def test_claiming_again_prolongs(self, store: Store, clock: TestClock) -> None:
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        clock.advance(20)
        assert store.claim("talk", owner, 30)
        clock.advance(20)
        assert not store.claim("talk", new_owner(), 30)

    def test_an_owner_from_elsewhere_holds_until_its_time(self, store: Store, clock: TestClock) -> None:
        assert store.claim("talk", "another-machine:1:2:3", 30)
        assert not store.claim("talk", new_owner(), 30)
        clock.advance(30)
        assert store.claim("talk", new_owner(), 30)

    @pytest.mark.parametrize("exists", [False, True])
    def test_a_dead_owner_does_not_hold(self, store: Store, dead_owner: str, exists: bool) -> None:
        if exists:
            start(store, page("t1"))
        assert store.claim("talk", dead_owner, 30)
        assert store.claim("talk", new_owner(), 30)

    def test_completing_ends_the_claim(self, store: Store) -> None:
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, (page("t1"),)))
        assert next(store.conversations()).owner is None
        assert store.claim("talk", new_owner(), 30)
        with pytest.raises(ClaimLostError):
            store.complete(Step("talk", owner, (page("t2"),)))

    @pytest.mark.parametrize("lost", ["never had", "time is over", "taken over", "released", "forgotten"])
    def test_without_the_claim_nothing_is_changed(self, store: Store, clock: TestClock, lost: str) -> None:
        start(store, page("t1"), records={"shared": b"old"})
        owner = new_owner()
        if lost != "never had":
            assert store.claim("talk", owner, 30)
        if lost in ("time is over", "taken over"):
            clock.advance(30)
        if lost == "taken over":
            assert store.claim("talk", new_owner(), 30)
        if lost == "released":
            store.release("talk", owner)
        if lost == "forgotten":
            store.forget("talk")
        before = store.pages("talk"), store.count()
        with pytest.raises(ClaimLostError):
            store.complete(Step("talk", owner, (page("t2"),), "t1", "yes", {"shared": b"new"}, ("t1",)))
        assert (store.pages("talk"), store.count()) == before
        assert store.outcome("t1", "yes") is None
        assert store.records("talk").get("shared") != b"new"

    def test_a_new_conversation_needs_no_claim_but_only_a_new_one(self, store: Store) -> None:
        start(store, page("t1"))
        with pytest.raises(ClaimLostError):
            start(store, page("t2"))
        assert store.claim("other", new_owner(), 30)
        with pytest.raises(ClaimLostError):
            start(store, page("t2", "other"))
        assert store.load("t2") is None

    def test_a_claim_that_came_to_nothing_leaves_a_new_conversation(
        self, store: Store, clock: TestClock
    ) -> None:
        assert store.claim("talk", new_owner(), 30)
        clock.advance(30)
        start(store, page("t1"))
        (found,) = store.conversations()
        assert (found.started, found.pages) == (clock.now(), 1)

    def test_a_step_that_goes_on_keeps_the_claim(self, store: Store, clock: TestClock) -> None:
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, records={"begun": b"1"}, keep=True))
        assert store.records("talk") == {"begun": b"1"}
        assert not store.claim("talk", new_owner(), 30)
        assert next(store.conversations()).owner == owner
        store.complete(Step("talk", owner, (page("t1"),), records={"begun": None}))
        assert (store.records("talk"), store.newest("talk")) == ({}, "t1")
        assert store.claim("talk", owner, 30)
        clock.advance(30)
        with pytest.raises(ClaimLostError):
            store.complete(Step("talk", owner, records={"begun": b"1"}, keep=True))

    def test_taking_claims_what_was_not_answered_so_yet(self, store: Store, clock: TestClock) -> None:
        first, second = new_owner(), new_owner()
        start(store, page("t1"))
        assert store.take("t1", "yes", first, 30) == Taken(page("t1"), None, claimed=True)
        assert store.take("t1", "yes", first, 30) == Taken(page("t1"), None, claimed=True)
        assert store.take("t1", "yes", second, 30) == Taken(page("t1"), None, claimed=False)
        assert next(store.conversations()).owner == first
        store.complete(Step("talk", first, (page("t2"),), "t1", "yes", retire=("t1",)))
        retired = page("t1", retired=True)
        assert store.take("t1", "yes", second, 30) == Taken(retired, "t2", claimed=False)
        assert next(store.conversations()).owner is None
        assert store.take("t1", "no", second, 30) == Taken(retired, None, claimed=True)
        clock.advance(30)
        assert store.take("t2", "yes", first, 30) == Taken(page("t2"), None, claimed=True)

    def test_taking_what_is_not_there_claims_nothing(self, store: Store) -> None:
        assert store.take("t1", "yes", new_owner(), 30) is None
        assert list(store.conversations()) == []

    def test_an_outcome_is_told_while_another_step_runs(self, store: Store) -> None:
        start(store, page("t1"))
        go_on(store, "t1", "t2")
        assert store.claim("talk", "elsewhere:1:1:1", 30)
        assert store.take("t1", "yes", new_owner(), 30) == Taken(page("t1"), "t2", claimed=False)

    def test_a_page_is_taken_from_a_dead_owner(self, store: Store, dead_owner: str) -> None:
        start(store, page("t1"))
        assert store.claim("talk", dead_owner, 30)
        owner = new_owner()
        assert store.take("t1", "yes", owner, 30) == Taken(page("t1"), None, claimed=True)
        store.complete(Step("talk", owner, (page("t2"),), "t1", "yes"))

    def test_being_ready_changes_nothing(self, store: Store) -> None:
        store.ready()
        assert store.count() == Count(0, 0, 0)

    # outcomes

    def test_an_answer_leads_to_its_outcome(self, store: Store) -> None:
        start(store, page("t1"))
        go_on(store, "t1", "t2", "a")
        go_on(store, "t1", "t3", "b")
        assert (store.outcome("t1", "a"), store.outcome("t1", "b")) == ("t2", "t3")
        assert store.outcome("t1", "c") is None
        assert (store.answers("t1"), store.answers("t2")) == (2, 0)

    def test_the_first_outcome_stays(self, store: Store) -> None:
        start(store, page("t1"))
        go_on(store, "t1", "t2")
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        with pytest.raises(ClaimLostError):
            store.complete(Step("talk", owner, (page("t3"),), "t1", "yes"))
        assert store.outcome("t1", "yes") == "t2"
        assert store.load("t3") is None
        assert next(store.conversations()).owner == owner  # nothing was changed
        store.complete(Step("talk", owner, (page("t3"),), "t1", "no"))

    @pytest.mark.parametrize("answered", ["gone", "of-another", "t2"])
    def test_the_answered_page_must_be_of_this_conversation(self, store: Store, answered: str) -> None:
        start(store, page("t1"))
        start(store, page("of-another", "other"))
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        with pytest.raises(ClaimLostError):
            store.complete(Step("talk", owner, (page("t2"),), answered, "yes"))
        assert store.load("t2") is None

    def test_a_step_may_make_several_pages_and_none(self, store: Store) -> None:
        start(store, page("t1"))
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, (page("t2"), page("t3"), page("t4")), "t1", "yes"))
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, records={"shared": b"1"}))
        assert [found.token for found in store.pages("talk")] == ["t1", "t2", "t3", "t4"]
        assert store.outcome("t1", "yes") == "t4"

    # the newest page, and one-way doors

    def test_the_newest_page_that_works(self, store: Store) -> None:
        start(store, page("t1"))
        go_on(store, "t1", "t2")
        assert store.newest("talk") == "t2"
        self._retire(store, "t2", "unknown")
        assert store.newest("talk") == "t1"
        assert store.load("t2") == page("t2", retired=True)
        self._retire(store, "t1")
        assert store.newest("talk") is None

    def test_a_page_may_retire_those_before_it(self, store: Store) -> None:
        start(store, page("t1"))
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, (page("t2"),), "t1", "yes", retire=("t1",)))
        assert [found.retired for found in store.pages("talk")] == [True, False]
        assert store.newest("talk") == "t2"

    def test_only_pages_of_the_same_conversation_are_retired(self, store: Store) -> None:
        start(store, page("t1"))
        start(store, page("of-another", "other"))
        self._retire(store, "of-another")
        assert store.newest("other") == "of-another"

    def test_a_step_may_retire_all_pages_before_it(self, store: Store) -> None:
        start(store, page("t1"), page("t2"))
        start(store, page("of-another", "other"))
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, (page("t3"),), "t1", "yes", retire_all=True))
        assert [found.retired for found in store.pages("talk")] == [True, True, False]
        assert (store.newest("talk"), store.newest("other")) == ("t3", "of-another")
        assert store.outcome("t1", "yes") == "t3"

    def _retire(self, store: Store, *tokens: str) -> None:
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, retire=tokens))

    # records

    def test_records_are_set_replaced_and_deleted(self, store: Store) -> None:
        self._record(store, {"shared": b"1", "once:charge": b"receipt", "empty": b""})
        self._record(store, {"shared": b"2", "once:charge": None, "unknown": None})
        assert store.records("talk") == {"shared": b"2", "empty": b""}
        assert store.records("other") == {}
        assert store.pages("talk") == ()

    def test_records_count(self, store: Store) -> None:
        self._record(store, {"shared": b"12345"})
        size = store.count().bytes
        self._record(store, {"shared": b"1234567", "other": b""})
        assert store.count().bytes == size + 2 + len("other")
        self._record(store, {"shared": None, "other": None})
        assert store.count() == Count(1, 0, 0)

    def _record(self, store: Store, records: dict[str, bytes | None]) -> None:
        owner = new_owner()
        assert store.claim("talk", owner, 30)
        store.complete(Step("talk", owner, records=records))

    # blobs

    def test_a_blob_is_kept_in_pieces(self, store: Store) -> None:
        start(store, page("t1"))
        start(store, page("o1", "other"))
        for number, data in enumerate((b"one", bytes(300_000), b"")):
            store.add_chunk("talk", "blob", number, data)
        store.add_chunk("talk", "blob 2", 0, b"another")
        store.add_chunk("other", "blob", 0, b"of another")
        assert [store.chunk("talk", "blob", number) for number in (0, 1, 2, 3)] == [
            b"one",
            bytes(300_000),
            b"",
            None,
        ]
        assert (store.chunk("talk", "blob 2", 0), store.chunk("other", "blob", 0)) == (
            b"another",
            b"of another",
        )
        assert store.chunk("nobody", "blob", 0) is None
        with pytest.raises(StoreError):
            store.add_chunk("talk", "blob", 1, b"again")
        assert store.chunk("talk", "blob", 1) == bytes(300_000)

    def test_a_blob_needs_a_conversation_but_no_claim(self, store: Store) -> None:
        with pytest.raises(StoreError):
            store.add_chunk("talk", "blob", 0, b"1")
        assert store.claim("talk", new_owner(), 30)
        with pytest.raises(StoreError):
            store.add_chunk("talk", "blob", 0, b"1")
        store.drop_blob("talk", "blob")
        start(store, page("t1", "other"))
        assert store.claim("other", new_owner(), 30)
        store.add_chunk("other", "blob", 0, b"1")
        assert store.chunk("other", "blob", 0) == b"1"

    def test_blobs_count_and_go(self, store: Store) -> None:
        start(store, page("t1"))
        before = store.count().bytes
        store.add_chunk("talk", "blob", 0, bytes(1000))
        store.add_chunk("talk", "blob", 1, bytes(10))
        assert store.count().bytes == before + 1010 + 2 * len("blob") == next(store.conversations()).bytes
        store.drop_blob("talk", "blob")
        store.drop_blob("talk", "blob")
        assert (store.count().bytes, store.chunk("talk", "blob", 0)) == (before, None)

    def test_blobs_go_with_their_conversation(self, store: Store, clock: TestClock) -> None:
        for name in ("forgotten", "swept"):
            start(store, page(name, name))
            store.add_chunk(name, "blob", 0, b"1")
        store.forget("forgotten")
        clock.advance(1)
        store.sweep(before=clock.now())
        assert store.count() == Count(0, 0, 0)
        for name in ("forgotten", "swept"):
            start(store, page(name, name))
            assert store.chunk(name, "blob", 0) is None

    # listing, counting, forgetting, sweeping

    def test_conversations_are_described(self, store: Store, clock: TestClock) -> None:
        began, owner = clock.now(), new_owner()
        start(store, page("t1", path="/a"))
        clock.advance(10)
        go_on(store, "t1", "t2", path="/b")
        assert store.claim("talk", owner, 30)
        (found,) = store.conversations()
        assert (found.name, found.path, found.pages, found.newest) == ("talk", "/a", 2, "t2")
        assert (found.started, found.touched, found.owner) == (began, began + 10, owner)
        assert found.bytes == store.count().bytes > len(b"shown t1frames") * 2
        clock.advance(30)
        assert next(store.conversations()).owner is None

    def test_the_last_touched_conversation_comes_first(self, store: Store, clock: TestClock) -> None:
        for name in ("a", "b", "c"):
            start(store, page(f"{name}1", name))
            clock.advance(1000)
        go_on(store, "a1", "a2", conversation="a")
        assert [found.name for found in store.conversations()] == ["a", "c", "b"]

    def test_more_conversations_than_are_read_at_once(self, store: Store, clock: TestClock) -> None:
        names = [f"talk {number}" for number in range(1100)]
        for name in names:
            clock.advance(0.5)
            start(store, page(f"page of {name}", name))
        assert [found.name for found in store.conversations()] == names[::-1]
        assert store.sweep(before=clock.now()).pages == 1099
        assert [found.name for found in store.conversations()] == names[-1:]

    def test_forgetting_removes_all_that_belongs_to_it(self, store: Store) -> None:
        start(store, page("t1"), records={"shared": b"1"})
        go_on(store, "t1", "t2")
        start(store, page("stays", "other"))
        assert store.claim("talk", new_owner(), 30)
        store.forget("talk")
        store.forget("unknown")
        assert (store.load("t1"), store.load("t2"), store.records("talk")) == (None, None, {})
        assert store.outcome("t1", "yes") is None
        assert store.count().pages == 1
        start(store, page("t1"))  # nothing of the old one is left, the claim neither
        assert (store.outcome("t1", "yes"), store.records("talk")) == (None, {})

    def test_sweeping_by_age(self, store: Store, clock: TestClock) -> None:
        start(store, page("old"), page("old too"))
        clock.advance(10)
        start(store, page("new", "other"))
        assert store.sweep(before=clock.now() - 10).pages == 0
        assert store.sweep(before=clock.now()).pages == 2
        assert (store.load("old"), store.load("new") is None) == (None, False)
        assert store.sweep().pages == 0

    def test_sweeping_leaves_the_claimed(self, store: Store, clock: TestClock, dead_owner: str) -> None:
        start(store, page("held", "held", expires=1.0))
        start(store, page("dead", "dead"))
        assert store.claim("held", new_owner(), 30)
        assert store.claim("dead", dead_owner, 30)
        clock.advance(1)
        assert store.sweep(before=clock.now(), most_bytes=0).pages == 1
        assert store.load("held") is not None
        clock.advance(30)
        assert store.sweep(before=clock.now()).pages == 1

    def test_sweeping_claims_that_came_to_nothing(self, store: Store, clock: TestClock) -> None:
        assert store.claim("talk", new_owner(), 30)
        clock.advance(31)
        assert store.sweep(before=clock.now()).pages == 0
        start(store, page("t1"))

    def test_sweeping_expired_pages(self, store: Store, clock: TestClock) -> None:
        now = clock.now()
        start(store, page("t1"), page("t2", expires=now + 1), page("t3", expires=now + 2))
        clock.advance(2)
        assert store.claim("talk", "owner", 1)
        store.complete(Step("talk", "owner"))  # touched, so that the conversation stays
        assert store.sweep(before=now + 2).pages == 1
        assert [found.token for found in store.pages("talk")] == ["t1", "t3"]
        assert next(store.conversations()).pages == 2

    def test_what_an_expired_page_leaves_behind(self, store: Store, clock: TestClock) -> None:
        """t1 -> t2 (expires) -> t3, and t2 -> t4 (expires): t1's outcome and t3 stay, t2's outcomes go."""
        start(store, page("t1"), page("alone", expires=clock.now()))
        go_on(store, "t1", "t2", "a", expires=clock.now())
        go_on(store, "t2", "t3", "b")
        go_on(store, "t2", "t4", "c", expires=clock.now())
        clock.advance(1)
        go_on(store, "t1", "t5", "d")
        size = sum(found.bytes for found in store.conversations())
        assert store.sweep(before=clock.now()).pages == 3
        assert [found.token for found in store.pages("talk")] == ["t1", "t3", "t5"]
        assert (store.outcome("t1", "a"), store.outcome("t1", "d")) == ("t2", "t5")
        assert (store.outcome("t2", "b"), store.answers("t1"), store.newest("talk")) == (None, 2, "t5")
        assert 0 < store.count().bytes < size
        with pytest.raises(StoreError):
            start(store, page("t2", "other"))  # its token is an outcome
        go_on(store, "t3", "alone", "again")
        assert (store.outcome("t2", "b"), store.answers("t2")) == (None, 0)
        store.forget("talk")
        assert store.count() == Count(0, 0, 0)

    def test_the_newest_page_after_the_last_one_expired(self, store: Store, clock: TestClock) -> None:
        start(store, page("t1"))
        go_on(store, "t1", "t2", expires=clock.now())
        clock.advance(1)
        assert store.claim("talk", "owner", 1)
        store.complete(Step("talk", "owner"))
        assert store.sweep(before=clock.now()).pages == 1
        start(store, page("of another", "other"))
        assert store.newest("talk") == "t1"

    def test_sweeping_by_bytes(self, store: Store, clock: TestClock) -> None:
        for name in ("a", "b", "c"):
            clock.advance(1)
            start(store, page(f"{name}1", name, frames=bytes(100_000)))
        go_on(store, "a1", "a2", conversation="a")
        assert store.sweep(most_bytes=store.size()) == Swept()
        assert store.sweep(most_bytes=store.size() - 1).pages == 1
        assert {found.name for found in store.conversations()} == {"a", "c"}
        assert store.sweep(most_bytes=0).pages == 3
        assert store.count() == Count(0, 0, 0)

    def test_sweeping_goes_no_further_than_the_bytes(self, store: Store, clock: TestClock) -> None:
        for number in range(200):
            clock.advance(10)
            start(store, page(f"t{number}", f"talk {number}", frames=bytes(10_000)))
        most = store.size() - 1_000_000
        store.sweep(most_bytes=most)
        assert most - 50_000 < store.size() <= most
        left = [found.name for found in store.conversations()]
        assert left == [f"talk {number}" for number in range(199, 199 - len(left), -1)]

    def test_sweeping_by_bytes_spares_what_was_just_touched(self, store: Store, clock: TestClock) -> None:
        for name in ("a", "b"):
            start(store, page(f"{name}1", name))
            clock.advance(1)
        assert store.sweep(most_bytes=0, spare=clock.now() - 1).pages == 1
        assert [found.name for found in store.conversations()] == ["b"]
        assert store.sweep(before=clock.now(), spare=clock.now() - 1).pages == 1  # it is of no age

    def test_the_size_is_known(self, store: Store) -> None:
        sizes = [store.size()]
        for token in ("t1", "t2"):
            start(store, page(token, token, frames=bytes(100_000)))
            store.add_chunk(token, "blob", 0, bytes(100_000))
            sizes.append(store.size())
        assert sizes[1] - sizes[0] > 190_000 < sizes[2] - sizes[1]
        assert sizes[2] >= store.count().bytes
        store.forget("t1")
        assert store.size() <= sizes[1]

    def test_sweeping_says_what_went(self, store: Store, clock: TestClock) -> None:
        start(store, page("t1", "a"), page("t2", "a"), records={"shared": b"1"})
        store.add_chunk("a", "blob", 0, b"123")
        start(store, page("t3", "b"), page("t4", "b", expires=clock.now()))
        clock.advance(1)
        held = store.count().bytes
        go_on(store, "t3", "t5", conversation="b")
        grown = store.count().bytes - held
        swept = store.sweep(before=clock.now())
        assert (swept.conversations, swept.pages, swept.more) == (1, 3, False)
        assert swept.bytes == held + grown - store.count().bytes > 0

    def test_sweeping_a_little_at_a_time(self, store: Store, clock: TestClock) -> None:
        for number in range(7):
            start(store, page(f"old{number}", f"old {number}"))
        start(store, page("stays", "new"), *(page(f"e{n}", "new", expires=clock.now()) for n in range(5)))
        clock.advance(1)
        go_on(store, "stays", "next", conversation="new")
        seen = []
        while not seen or seen[-1].more:
            seen.append(store.sweep(before=clock.now(), at_most=3))
        assert [swept.conversations for swept in seen] == [3, 3, 1]
        assert [swept.pages for swept in seen] == [6, 5, 1]
        assert [found.token for found in store.pages("new")] == ["stays", "next"]

    def test_the_claimed_do_not_stand_in_the_way(self, store: Store, clock: TestClock) -> None:
        for number in range(200):
            name = f"talk {number}"
            start(store, page(name, name), page(f"e{number}", name, expires=clock.now()))
            if number < 190:
                assert store.claim(name, new_owner(), 30)
        clock.advance(1)
        seen = [store.sweep(before=clock.now(), at_most=4) for _ in range(4)]
        assert [swept.conversations for swept in seen] == [4, 4, 2, 0]
        assert store.count().pages == 380
        clock.advance(30)
        assert store.sweep(before=clock.now()).pages == 380

    # notes

    def test_a_note_is_set_once(self, store: Store) -> None:
        assert store.note("version") is None
        assert store.note("version", b"first") == b"first"
        assert store.note("version", b"second") == b"first" == store.note("version")
        assert store.note("other") is None

    def test_a_note_goes_after_the_conversations_that_may_need_it(
        self, store: Store, clock: TestClock
    ) -> None:
        store.note("version", b"source")
        clock.advance(NOTED)
        start(store, page("t1"))  # it may still rely on it
        clock.advance(9 * NOTED)
        go_on(store, "t1", "t2")
        start(store, page("o1", "other"))
        assert store.sweep(before=clock.now()).notes == 0
        assert store.note("version") == b"source"
        store.forget("talk")
        assert store.sweep() == Swept(notes=1)
        assert store.note("version") is None
        assert store.note("version", b"again") == b"again"

    def test_a_note_that_is_in_use_stays(self, store: Store, clock: TestClock) -> None:
        owner = new_owner()
        for _ in range(5):
            store.note("version", b"source")
            store.note("read only", store.note("read only") or b"1")
            clock.advance(2 * NOTED)
            assert store.claim("not begun", owner, 3 * NOTED)
            assert store.sweep().notes == 0
        store.note("version")  # to read it is not to use it
        clock.advance(1)
        assert store.sweep().notes == 2

    # the store as a whole

    def test_a_setting_is_set_once(self, store: Store) -> None:
        assert store.setting("keys") is None
        assert store.setting("keys", b"first") == b"first"
        assert store.setting("keys", b"second") == b"first"
        assert store.setting("keys") == b"first"
        assert store.setting("other") is None

    def test_keys_can_be_changed_one_after_the_other(self, store: Store) -> None:
        check_keys(store, Sealer([A]))
        check_keys(store, Sealer([A]))
        with pytest.raises(StoreKeysError):
            check_keys(store, Sealer([B]))
        check_keys(store, Sealer([B, A]))
        check_keys(store, Sealer([B]))
        check_keys(store, Sealer([bytes([7]) * 32, B]))
        with pytest.raises(StoreKeysError):
            check_keys(store, Sealer([bytes([8]) * 32]))

    def test_closing_is_not_the_end(self, store: Store) -> None:
        start(store, page("t1"))
        store.close()
        assert store.load("t1") is not None
        store.close()
        store.close()

    # many at once

    def test_one_step_at_a_time_by_many_threads(self, store: Store) -> None:
        start(store, page("t1"), records={"count": b"0"})
        inside: list[int] = []

        def steps(number: int) -> None:
            for turn in range(5):
                owner = new_owner()
                while not store.claim("talk", owner, 30):
                    pass
                inside.append(number)
                count, alone = int(store.records("talk")["count"]), len(inside) == 1
                inside.remove(number)
                assert alone
                token = f"{number}-{turn}"
                records = {"count": b"%d" % (count + 1)}
                store.complete(Step("talk", owner, (page(token),), "t1", token, records))

        at_once(8, steps)
        assert store.records("talk") == {"count": b"40"}
        assert store.answers("t1") == 40

    def test_many_conversations_by_many_threads(self, store: Store) -> None:
        def steps(number: int) -> None:
            name = f"talk {number}"
            start(store, page(f"{number} 0", name))
            for turn in range(5):
                go_on(store, f"{number} {turn}", f"{number} {turn + 1}", conversation=name)

        at_once(8, steps)
        assert (store.count().conversations, store.count().pages) == (8, 48)

    def test_one_answer_at_the_same_moment_has_one_outcome(self, store: Store) -> None:
        start(store, page("t1"))
        won: list[str] = []

        def answer(number: int) -> None:
            owner, token = new_owner(), f"by {number}"
            while not store.claim("talk", owner, 30):
                pass
            try:
                store.complete(Step("talk", owner, (page(token),), "t1", "yes"))
                won.append(token)
            except ClaimLostError:
                store.release("talk", owner)

        at_once(8, answer)
        assert won == [store.outcome("t1", "yes")]
        assert len(store.pages("talk")) == 2

    def test_taking_at_the_same_moment_leaves_no_claim(self, store: Store) -> None:
        start(store, page("t0"))

        def answer(number: int, turn: int) -> None:
            owner = new_owner()
            while (taken := store.take(f"t{turn}", "yes", owner, 30)) and taken.outcome is None:
                if taken.claimed:
                    new = page(f"t{turn + 1}")
                    store.complete(Step("talk", owner, (new,), f"t{turn}", "yes"))

        for turn in range(30):
            at_once(4, partial(answer, turn=turn))
            assert next(store.conversations()).owner is None
        assert len(store.pages("talk")) == 31


def at_once(threads: int, work: Callable[[int], None]) -> None:
    """Run it in so many threads, and raise what the first of them raised."""
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    for error in errors:
        raise error
