"""The conversation that a request belongs to: what is recorded for it, and what one step changes in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from contweb.errors import NotRunningError
from contweb.state.blame import Part, Parts
from contweb.stores.base import Step
from contweb.web.backing import Backing

SHARED = "shared"  # name of the record
_INSIDE = "inside:"


class Branch(NamedTuple):
    """What belongs to one branch of a conversation, and travels with its pages.

    Arguments:
        results: of ``once(..., scope="path")``: name -> record.
        inside: names of the ``isolate()`` blocks that are entered, the outermost first.
    """

    results: dict[str, bytes]
    inside: tuple[str, ...]


class Talk:
    """A conversation, seen from one request. A step of it is run in ``with talk:``, which holds on to the
    claim; if the block ends by an exception, the claim is given back.

    Arguments:
        backing: of the app.
        name: of the conversation.
        owner: who runs a step of it; None if nobody does, and the request only looks.
        place: names the step: the same for two tries of it.
        is_new: whether the store knows nothing of it yet, so that it needs no claim.
    """

    def __init__(
        self, backing: Backing, name: str, owner: str | None = None, place: str = "", *, is_new: bool = False
    ) -> None:
        self.name = name
        self.place = place
        self.results: dict[str, bytes] = {}
        self.inside: tuple[str, ...] = ()
        self.changes: dict[str, bytes | None] = {}  # of records, to be completed with the step
        self.retire: set[str] = set()  # tokens of pages that stop working when the step is completed
        self.recorded = False  # whether something was recorded at once, so that it outlives a step that fails
        self.forgets = False  # whether all earlier pages do
        self._backing = backing
        self._owner = owner
        self._is_new = is_new
        self._records: dict[str, bytes] | None = None
        self._shared: dict[str, Any] | None = None

    def __enter__(self) -> Talk:
        if not self._is_new:
            self._backing.claims.keep(self.name, self.owner)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._is_new:
            return
        if kind is None:
            self._backing.claims.drop(self.name, self.owner)
        else:
            self._backing.claims.give_back(self.name, self.owner)

    def go_on_from(self, branch: Branch) -> None:
        """Take over what the page that is gone on from has of its branch."""
        self.results, self.inside = dict(branch.results), branch.inside

    @property
    def owner(self) -> str:
        """Who holds the claim; empty if it needs none."""
        return "" if self._is_new else self._owner or ""

    @property
    def records(self) -> dict[str, bytes]:
        """All that is recorded, as it was when the step began, and what it recorded at once since."""
        if self._records is None:
            self._records = {} if self._is_new else self._backing.store.records(self.name)
        return self._records

    def begin(self) -> str:
        """Let the store know of the conversation, so that it can keep files with it; gives its name."""
        if self._is_new:
            self._claim_new()
            self._backing.store.complete(Step(self.name, self.owner, keep=True))
        return self.name

    def _claim_new(self) -> None:
        self._backing.claims.take_new(self.name, self._owner or "")
        self._is_new = False

    def asked(self, token: str) -> None:
        """Note a new page in the blocks of ``isolate()`` that it is asked in."""
        for block in self.inside:
            self.changes[inside_name(block, token)] = b""

    def leave(self, block: str) -> None:
        """End a block of ``isolate()``: the pages that were asked in it stop working with the step."""
        self.inside = tuple(each for each in self.inside if each != block)
        prefix = inside_name(block, "")
        self.retire.update(name.removeprefix(prefix) for name in self.records if name.startswith(prefix))
        for name in self.records:
            if name.startswith(_INSIDE) and name.rpartition(":")[2] in self.retire:
                self.changes[name] = None

    def forget(self) -> None:
        """Let all pages that were there before stop working with the step."""
        self.forgets = True
        self.changes.update((name, None) for name in self.records if name.startswith(_INSIDE))

    def branch(self) -> Branch:
        """What travels on with the next page."""
        return Branch(self.results, self.inside)

    def record(self, name: str, value: bytes | None) -> None:
        """Record something now, whatever becomes of the step; None deletes it.

        Errors:
            NotRunningError: no step is running.
            ClaimLostError: the step is not ours any more. Nothing was changed.
        """
        if self._owner is None:
            raise NotRunningError("this works in a running flow, not where a page is only shown")
        if self._is_new:
            self._claim_new()
        records = self.records
        self.recorded = True
        self._backing.store.complete(Step(self.name, self._owner, records={name: value}, keep=True))
        if value is None:
            records.pop(name, None)
        else:
            records[name] = value

    def dump(self, name: str, value: Any, parts: Parts) -> bytes:
        """A value as the bytes of a record.

        Arguments:
            parts: what is in it, as an error names it.

        Errors:
            CannotStoreError: it has none.
        """
        return self._backing.codec.dump(value, self._context(name), parts)

    def load(self, name: str, data: bytes) -> Any:
        """The value of a record's bytes.

        Errors:
            ContinuationError: they are not ours, or not readable any more.
        """
        return self._backing.codec.load(data, self._context(name))

    def _context(self, name: str) -> bytes:
        return b"\0".join((b"record", self.name.encode(), name.encode("utf-8", "surrogatepass")))

    @property
    def shared(self) -> dict[str, Any]:
        """The mapping that belongs to the conversation."""
        if self._shared is None:
            data = self.records.get(SHARED)
            self._shared = {} if data is None else self.load(SHARED, data)
        return self._shared

    def keep_shared(self) -> None:
        """Record the shared mapping with the step, if it was used and has changed.

        Errors:
            CannotStoreError: it holds what cannot be made into bytes.
        """
        if self._shared is not None:
            shared = self._shared
            data = self.dump(SHARED, shared, lambda: _parts_shared(shared)) if shared else None
            if data != self.records.get(SHARED):
                self.changes[SHARED] = data


def _parts_shared(shared: dict[str, Any]) -> Iterator[Part]:
    for name, value in shared.items():
        yield f"shared[{name!r}]", value, ""


def inside_name(block: str, token: str) -> str:
    """The name of the record by which a block of ``isolate()`` knows a page."""
    return f"{_INSIDE}{block}:{token}"
