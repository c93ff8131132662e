"""What a store is: bytes under a token, and a few atomic operations on conversations.

A store knows nothing of frames, templates or HTTP. It keeps

* **conversations**: everything that grew out of one start of a flow, with a *claim* (one step at a time) and
  named *records* (the shared state, the results of ``once``) and *blobs* (uploaded files, in pieces), and
* **pages** under their tokens, each with what is shown, and the frames that answer it, as sealed bytes.

Each operation is atomic: it happens as a whole or not at all, whatever other processes do, whenever they die.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol


class Page(NamedTuple):
    """One page of a conversation."""

    token: str  # names it; unguessable
    conversation: str
    parent: str | None  # the token of the page whose answer led here
    path: str  # of the flow's URL, e.g. "/order/A-1"
    step: str  # e.g. "name"; stands in the URL before the token
    shown: bytes  # sealed: what a GET needs
    frames: bytes | None  # sealed: the continuation; None on a last page
    created: float  # seconds since the epoch
    expires: float | None  # seconds since the epoch; None: only the store's own limits end it
    retired: bool = False  # behind a one-way door: only the newest page of the conversation still works


class Taken(NamedTuple):
    """What a store says to an answer that is to be run."""

    page: Page  # that is answered
    outcome: str | None  # the token that this answer led to already; then nothing is claimed
    claimed: bool  # whether the conversation is the owner's now


class Step(NamedTuple):
    """What one run of a flow changed, to be completed as a whole."""

    conversation: str
    owner: str  # who holds the claim
    pages: tuple[Page, ...] = ()
    answered: str | None = None  # the token of the page whose answer led to the last of ``pages``
    answer: str = ""  # digest of the answer, the key of the outcome
    records: Mapping[str, bytes | None] = MappingProxyType({})  # name -> sealed bytes; None deletes
    retire: tuple[str, ...] = ()  # tokens of pages that stop working
    retire_all: bool = False  # all pages that were there before this step stop working
    keep: bool = False  # keep the claim: the step goes on


@dataclass(frozen=True, slots=True)
class Conversation:
    """How a conversation stands, for listing it."""

    name: str
    path: str  # of its first page
    started: float
    touched: float  # when its last step was completed
    pages: int
    bytes: int
    newest: str | None  # token of the newest page that still works
    owner: str | None  # who holds the claim now


@dataclass(frozen=True, slots=True)
class Count:
    """How much a store holds."""

    conversations: int
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has removed."""

    conversations: int = 0
    pages: int = 0  # those of the conversations, and those that had expired
    bytes: int = 0  # as ``Count`` has them
    notes: int = 0
    more: bool = False  # whether there may be more to remove: it ended at ``at_most``


NOTED = 86_400.0  # seconds for which a note counts as in use, see ``Store.note``


class Store(Protocol):
    """One protocol; ``tests/stores/contract.py`` says in tests what each promise means.

    All methods raise ``StoreUnavailableError`` when the store cannot be reached in time (at most ten
    seconds).
    """

    def load(self, token: str) -> Page | None:
        """The page under a token, or None. Reading does not prolong its life. Expired pages are returned as
        long as they were not swept: who asks compares ``expires`` with the clock."""

    def outcome(self, token: str, answer: str) -> str | None:
        """The token that this answer (a digest) of this page led to, or None if it was not answered so
        yet."""

    def answers(self, token: str) -> int:
        """How many different answers of this page were completed."""

    def records(self, conversation: str) -> dict[str, bytes]:
        """The named records of a conversation; empty if there is none."""

    def newest(self, conversation: str) -> str | None:
        """The token of the newest page of the conversation that still works (not retired)."""

    def claim(self, conversation: str, owner: str, seconds: float) -> bool:
        """Take the conversation for one step, for at most so many seconds; False while another owner holds
        it. A claim whose time is over, or whose owner is known to be dead, does not hold; but a store whose
        claims end with their process may let another process wait for one that still lives. Claiming again by
        the same owner prolongs it. The conversation need not exist yet."""

    def take(self, token: str, answer: str, owner: str, seconds: float) -> Taken | None:
        """The page under a token, with what this answer of it led to already; if it was not answered so yet,
        its conversation is claimed as ``claim`` does. None, and nothing claimed, if there is no such page.

        What is returned of a claimed conversation is how it stands since it was claimed."""

    def ready(self) -> None:
        """``StoreUnavailableError`` if no step could be completed now: asked before something is run of which
        the store knows nothing yet."""

    def release(self, conversation: str, owner: str) -> None:
        """Give the claim back, if it is still this owner's."""

    def complete(self, step: Step) -> None:
        """In one transaction: save the new pages, the outcome, the records, retire what is to be retired, and
        release the claim (unless the step is to ``keep`` it). Creates the conversation if it is new.

        ``ClaimLostError``, and nothing changed, if ``owner`` no longer holds the claim. The same if the
        answered page is gone, or this answer of it has an outcome already: one execution, one outcome, the
        first one. Ask for ``outcome`` once more after claiming, and this does not happen.

        A new conversation needs no claim, since nobody knows its name yet: with an empty ``owner`` the step
        is completed only if there is no such conversation, claimed or not.

        ``StoreError``, and nothing changed, if the token of a new page is in use: as that of a page, or as an
        outcome whose page was swept."""

    def add_chunk(self, conversation: str, blob: str, number: int, data: bytes) -> None:
        """Keep a piece of a blob (something large, such as an uploaded file) with a conversation. It needs no
        claim. ``StoreError`` if there is no such conversation, or the blob has a piece of that number."""

    def chunk(self, conversation: str, blob: str, number: int) -> bytes | None:
        """A piece of a blob, or None."""

    def drop_blob(self, conversation: str, blob: str) -> None:
        """Remove a blob with all its pieces. One that is not there is no error."""

    def forget(self, conversation: str) -> None:
        """Remove the conversation and all that belongs to it."""

    def sweep(
        self,
        *,
        before: float | None = None,
        most_bytes: int | None = None,
        spare: float | None = None,
        at_most: int | None = None,
    ) -> Swept:
        """Remove conversations not touched since ``before``, pages whose ``expires`` is earlier than
        ``before``, then the least recently touched conversations until ``size`` is at most ``most_bytes``:
        but none that was touched since ``spare``. At most so many conversations, and so many expired pages,
        go in one call. Claimed conversations stay. What it costs depends on what it removes, not on what
        stays.

        Notes go that no page can need: not in use since twice ``NOTED`` before the oldest conversation
        started, or now, if there is none.

        Nothing but ``sweep`` and ``forget`` removes a page, retired or not: later pages of its conversation,
        that do not expire after it, may be kept as differences to it."""

    def size(self) -> int:
        """The bytes that the store takes, known at once; never less than ``count`` says."""

    def conversations(self) -> Iterator[Conversation]:
        """All conversations, the most recently touched first."""

    def pages(self, conversation: str) -> tuple[Page, ...]:
        """The pages of a conversation, oldest first."""

    def count(self) -> Count:
        """How much is held; ``bytes`` counts the store's own bytes (pages, records and blobs)."""

    def setting(self, name: str, value: bytes | None = None) -> bytes | None:
        """A named value of the store as a whole (e.g. a key check). With ``value``: set it if it is not there
        yet, atomically. Returns what stands there now."""

    def note(self, name: str, value: bytes | None = None) -> bytes | None:
        """A named value that pages of many conversations are read with, and that is swept after them. With
        ``value``: set it if it is not there yet, and mark it as in use. Returns what stands there now.

        Who completes steps whose pages need it has marked it within the last ``NOTED`` seconds."""

    def close(self) -> None:
        """Release connections. Using the store afterwards opens them again."""
