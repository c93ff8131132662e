"""Uploaded files in the store: written a piece at a time as they come, and read so."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

from contweb.errors import NotRunningError, SealError, StoreError
from contweb.sealing import Bound
from contweb.stores.base import Store
from contweb.web.bound import bound

CHUNK = 256 * 1024  # bytes of a piece in the store
log = logging.getLogger("contweb")


class Blobs:
    """Pieces of files in the store, sealed.

    Arguments:
        store: where they are.
        sealer: signs them.
    """

    def __init__(self, store: Store, sealer: Bound) -> None:
        self._store = store
        self._sealer = sealer

    def put(self, conversation: str, blob: str, number: int, data: bytes) -> None:
        """Keep a piece."""
        sealed = self._sealer.seal(data, _context(conversation, blob, number))
        self._store.add_chunk(conversation, blob, number, sealed)

    def get(self, conversation: str, blob: str, number: int) -> bytes:
        """A piece.

        Errors:
            FileNotFoundError: it is not there.
            StoreError: it is not ours.
        """
        sealed = self._store.chunk(conversation, blob, number)
        if sealed is None:
            raise FileNotFoundError("the uploaded file is gone, with the conversation it came in")
        try:
            return self._sealer.open(sealed, _context(conversation, blob, number))
        except SealError as error:
            raise StoreError("a piece of an uploaded file was changed in the store") from error

    def drop(self, conversation: str, blob: str) -> None:
        """Remove a file."""
        self._store.drop_blob(conversation, blob)


def _context(conversation: str, blob: str, number: int) -> bytes:
    return b"\0".join((b"piece of a file", conversation.encode(), blob.encode(), b"%d" % number))


class Sink(Protocol):
    """Where the files of a request go."""

    def write(self, data: bytes) -> None:
        """Take more of the file that is being received."""

    def finish(self) -> bytes | tuple[str, str]:
        """End the file; says what an ``Upload`` has as its content."""

    def drop(self) -> None:
        """Remove all files of the request."""


class MemorySink:
    """Keeps files in memory, for a request that belongs to no conversation."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        """Take more of the file that is being received."""
        self._data += data

    def finish(self) -> bytes:
        """End the file."""
        data = bytes(self._data)
        self._data.clear()
        return data

    def drop(self) -> None:
        """Remove all files of the request."""
        self._data.clear()


class StoreSink:
    """Streams files into the store, a piece at a time.

    Arguments:
        blobs: of the app.
        conversation: says, when the first file comes, to which the files will belong, or refuses them.
    """

    def __init__(self, blobs: Blobs, conversation: Callable[[], str]) -> None:
        self._blobs = blobs
        self._find_conversation = conversation
        self._conversation = ""
        self._names: list[str] = []  # of the files; the last one may be being received
        self._receiving = False
        self._number = 0
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        """Take more of the file that is being received."""
        self._begin()
        self._data += data
        while len(self._data) >= CHUNK:
            self._put(CHUNK)

    def _begin(self) -> None:
        if not self._receiving:
            self._conversation = self._conversation or self._find_conversation()
            self._names.append(secrets.token_urlsafe(9))
            self._receiving, self._number = True, 0

    def _put(self, size: int) -> None:
        self._blobs.put(self._conversation, self._names[-1], self._number, bytes(self._data[:size]))
        del self._data[:size]
        self._number += 1

    def finish(self) -> tuple[str, str]:
        """End the file."""
        self._begin()
        if self._data:
            self._put(CHUNK)
        self._receiving = False
        return self._conversation, self._names[-1]

    def drop(self) -> None:
        """Remove all files of the request. If that fails, they are swept with the conversation."""
        self._data.clear()
        try:
            for name in self._names:
                self._blobs.drop(self._conversation, name)
        except StoreError:
            log.warning("conversation %.8s: uploaded files could not be removed", self._conversation)
        self._names, self._receiving = [], False


_blobs: ContextVar[Callable[[], Blobs] | None] = ContextVar("contweb.blobs", default=None)


def readable(blobs: Callable[[], Blobs]) -> bound[Callable[[], Blobs]]:
    """A block in which uploads can be read."""
    return bound(_blobs, blobs)


def opened_blobs() -> Blobs:
    """The app's.

    Errors:
        NotRunningError: no request is being answered.
    """
    blobs = _blobs.get()
    if blobs is None:
        raise NotRunningError("an uploaded file is read while a request is being answered")
    return blobs()
