"""A store in this process's memory: for tests and trying out. It ends with the process, and no other one sees
it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import islice, takewhile

from contweb.clock import Clock
from contweb.errors import ClaimLostError, StoreError
from contweb.stores.base import NOTED, Conversation, Count, Page, Step, Swept, Taken
from contweb.stores.owner import holds
from contweb.stores.sizes import chunk_bytes, page_bytes, record_bytes

TALK = 500  # bytes that a conversation takes besides what is in it


@dataclass(slots=True)
class _Talk:
    """A conversation."""

    started: float
    touched: float
    pages: dict[str, None] = field(default_factory=dict)  # tokens, oldest first
    path: str = ""
    records: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, dict[int, bytes]] = field(default_factory=dict)
    bytes: int = 0


class MemoryStore:
    """See ``contweb.stores.base.Store``. Threads may share it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._lock = threading.RLock()
        self._talks: dict[str, _Talk] = {}  # the least recently touched first
        self._pages: dict[str, Page] = {}
        self._outcomes: dict[str, dict[str, str]] = {}  # token -> answer -> token
        self._led_to: set[str] = set()  # the tokens in it
        self._claims: dict[str, tuple[str, float]] = {}
        self._settings: dict[str, bytes] = {}
        self._notes: dict[str, tuple[bytes, float]] = {}  # value, and when it was last in use
        self._expiring: list[
            tuple[float, str]
        ] = []  # a heap of pages by when they expire, gone ones among them
        self._bytes = 0

    def load(self, token: str) -> Page | None:
        return self._pages.get(token)

    def outcome(self, token: str, answer: str) -> str | None:
        with self._lock:
            return self._outcomes.get(token, {}).get(answer)

    def answers(self, token: str) -> int:
        with self._lock:
            return len(self._outcomes.get(token, {}))

    def records(self, conversation: str) -> dict[str, bytes]:
        with self._lock:
            talk = self._talks.get(conversation)
            return dict(talk.records) if talk else {}

    def newest(self, conversation: str) -> str | None:
        with self._lock:
            talk = self._talks.get(conversation)
            tokens = reversed(talk.pages) if talk else ()
            return next((token for token in tokens if not self._pages[token].retired), None)

    def claim(self, conversation: str, owner: str, seconds: float) -> bool:
        with self._lock:
            holder = self._holder(conversation)
            if holder not in (None, owner):
                return False
            self._claims[conversation] = (owner, self._clock.now() + seconds)
            return True

    def take(self, token: str, answer: str, owner: str, seconds: float) -> Taken | None:
        with self._lock:
            page = self._pages.get(token)
            if page is None:
                return None
            known = self.outcome(token, answer)
            return Taken(page, known, known is None and self.claim(page.conversation, owner, seconds))

    def ready(self) -> None:
        """It always is."""

    def _holder(self, conversation: str) -> str | None:
        owner, until = self._claims.get(conversation, (None, None))
        return owner if holds(owner, until, self._clock.now()) else None

    def release(self, conversation: str, owner: str) -> None:
        with self._lock:
            if self._claims.get(conversation, (None,))[0] == owner:
                del self._claims[conversation]

    def complete(self, step: Step) -> None:
        with self._lock:
            self._check(step)
            talk = self._touch(step.conversation)
            self._retire(talk, tuple(talk.pages) if step.retire_all else ())
            self._save_pages(talk, step)
            self._save_records(talk, step)
            self._retire(talk, step.retire)
            if step.answered is not None and step.pages:
                self._outcomes.setdefault(step.answered, {})[step.answer] = step.pages[-1].token
                self._led_to.add(step.pages[-1].token)
            if not step.keep:
                self._claims.pop(step.conversation, None)

    def _check(self, step: Step) -> None:
        """All that can be wrong, before anything is changed."""
        if not (self._is_mine(step) if step.owner else self._is_new(step)):
            raise ClaimLostError(f"conversation {step.conversation} is no longer claimed by this process")
        if step.answered is not None:
            self._check_answered(step, step.answered)
        tokens = {page.token for page in step.pages}
        if len(tokens) < len(step.pages) or tokens & self._pages.keys() or tokens & self._led_to:
            raise StoreError("a page with this token is there already")

    def _is_mine(self, step: Step) -> bool:
        owner, until = self._claims.get(step.conversation, (None, 0.0))
        return owner == step.owner and self._clock.now() < until

    def _is_new(self, step: Step) -> bool:
        return step.conversation not in self._talks and self._holder(step.conversation) is None

    def _check_answered(self, step: Step, answered: str) -> None:
        page = self._pages.get(answered)
        if page is None or page.conversation != step.conversation or self.outcome(answered, step.answer):
            raise ClaimLostError(
                f"the answered page of {step.conversation} is gone, or was answered so before"
            )

    def _touch(self, conversation: str) -> _Talk:
        """The conversation, made if it is new, as the most recently touched one."""
        now = self._clock.now()
        talk = self._talks.pop(conversation, None) or _Talk(now, now)
        talk.touched = now
        self._talks[conversation] = talk
        return talk

    def _save_pages(self, talk: _Talk, step: Step) -> None:
        for page in step.pages:
            self._pages[page.token] = page
            talk.pages[page.token] = None
            talk.path = talk.path or page.path
            self._grow(talk, page_bytes(page))
            if page.expires is not None:
                heappush(self._expiring, (page.expires, page.token))

    def _save_records(self, talk: _Talk, step: Step) -> None:
        for name, value in step.records.items():
            old = talk.records.pop(name, None)
            self._grow(talk, 0 if old is None else -record_bytes(name, old))
            if value is not None:
                talk.records[name] = value
                self._grow(talk, record_bytes(name, value))

    def _grow(self, talk: _Talk, size: int) -> None:
        talk.bytes += size
        self._bytes += size

    def _retire(self, talk: _Talk, tokens: tuple[str, ...]) -> None:
        for token in talk.pages.keys() & set(tokens):
            self._pages[token] = self._pages[token]._replace(retired=True)

    def add_chunk(self, conversation: str, blob: str, number: int, data: bytes) -> None:
        with self._lock:
            talk = self._talks.get(conversation)
            if talk is None:
                raise StoreError(f"there is no conversation {conversation} to keep a blob with")
            chunks = talk.blobs.setdefault(blob, {})
            if number in chunks:
                raise StoreError(f"the blob has a piece {number} already")
            chunks[number] = data
            self._grow(talk, chunk_bytes(blob, data))

    def chunk(self, conversation: str, blob: str, number: int) -> bytes | None:
        with self._lock:
            talk = self._talks.get(conversation)
            return talk.blobs.get(blob, {}).get(number) if talk else None

    def drop_blob(self, conversation: str, blob: str) -> None:
        with self._lock:
            talk = self._talks.get(conversation)
            if talk is not None:
                self._grow(talk, -sum(chunk_bytes(blob, data) for data in talk.blobs.pop(blob, {}).values()))

    def forget(self, conversation: str) -> None:
        with self._lock:
            self._remove(conversation)
            self._claims.pop(conversation, None)

    def _remove(self, conversation: str) -> None:
        talk = self._talks.pop(conversation, None)
        if talk is not None:
            self._bytes -= talk.bytes
            for token in talk.pages:
                self._remove_page(token)

    def _remove_page(self, token: str) -> None:
        del self._pages[token]
        self._led_to.difference_update(self._outcomes.pop(token, {}).values())

    def sweep(
        self,
        *,
        before: float | None = None,
        most_bytes: int | None = None,
        spare: float | None = None,
        at_most: int | None = None,
    ) -> Swept:
        with self._lock:
            self._sweep_claims()
            talks, pages, size = len(self._talks), len(self._pages), self._bytes
            if before is not None:
                self._sweep_oldest(before, at_most, -1)
            if most_bytes is not None:
                left = None if at_most is None else at_most - (talks - len(self._talks))
                self._sweep_oldest(spare, left, most_bytes)
            talks -= len(self._talks)
            expired = 0 if before is None else self._sweep_expired(before, at_most)
            notes = self._sweep_notes()
            more = at_most is not None and max(talks, expired) >= at_most
            return Swept(talks, pages - len(self._pages), size - self._bytes, notes, more)

    def _sweep_claims(self) -> None:
        for conversation in [name for name in self._claims if self._holder(name) is None]:
            del self._claims[conversation]

    def _sweep_oldest(self, before: float | None, at_most: int | None, most_bytes: int) -> None:
        """Remove those that were touched before then, the oldest first, while there are too many bytes."""
        last = math.inf if before is None else before
        old = takewhile(lambda name: self._talks[name].touched < last, self._talks)
        for name in list(islice((name for name in old if name not in self._claims), at_most)):
            if self.size() <= most_bytes:
                return
            self._remove(name)

    def _sweep_expired(self, before: float, at_most: int | None) -> int:
        """Remove pages that expired before then; how many."""
        claimed, gone = [], 0
        while self._expiring and self._expiring[0][0] < before and gone != at_most:
            expires, token = heappop(self._expiring)
            page = self._pages.get(token)
            if page is None or page.expires != expires:
                continue
            if page.conversation in self._claims:
                claimed.append((expires, token))
                continue
            talk = self._talks[page.conversation]
            self._grow(talk, -page_bytes(page))
            del talk.pages[token]
            self._remove_page(token)
            gone += 1
        for entry in claimed:
            heappush(self._expiring, entry)
        return gone

    def _sweep_notes(self) -> int:
        last = self._clock.now() - 2 * NOTED
        if not any(used < last for _, used in self._notes.values()):
            return 0
        last = min((talk.started - 2 * NOTED for talk in self._talks.values()), default=last)
        old = [name for name, (_, used) in self._notes.items() if used < last]
        for name in old:
            del self._notes[name]
        return len(old)

    def size(self) -> int:
        return self._bytes + TALK * len(self._talks)

    def conversations(self) -> Iterator[Conversation]:
        with self._lock:
            talks = [self._describe(name, talk) for name, talk in reversed(self._talks.items())]
        return iter(talks)

    def _describe(self, name: str, talk: _Talk) -> Conversation:
        return Conversation(
            name=name,
            path=talk.path,
            started=talk.started,
            touched=talk.touched,
            pages=len(talk.pages),
            bytes=talk.bytes,
            newest=self.newest(name),
            owner=self._holder(name),
        )

    def pages(self, conversation: str) -> tuple[Page, ...]:
        with self._lock:
            talk = self._talks.get(conversation)
            return tuple(self._pages[token] for token in talk.pages) if talk else ()

    def count(self) -> Count:
        with self._lock:
            return Count(len(self._talks), len(self._pages), self._bytes)

    def setting(self, name: str, value: bytes | None = None) -> bytes | None:
        with self._lock:
            if value is not None:
                return self._settings.setdefault(name, value)
            return self._settings.get(name)

    def note(self, name: str, value: bytes | None = None) -> bytes | None:
        with self._lock:
            known, used = self._notes.get(name, (value, 0.0))
            if known is not None:
                self._notes[name] = (known, used if value is None else self._clock.now())
            return known

    def close(self) -> None:
        """Nothing to release; what is stored stays."""
