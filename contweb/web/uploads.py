"""Uploaded files: streamed into the store as they come, and opened again at any later step."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import IO, cast

from contweb.web.blobs import CHUNK, Sink, opened_blobs


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file. It may be kept in a local name, or in ``shared``, and opened at any later step: its
    content stands in the store, and goes with the conversation.

    Arguments:
        filename: as the visitor's browser said. Do not use it as a path.
        content_type: as the visitor's browser said, without a check.
        size: how many bytes it has.
        digest: SHA-256 of the content.

    Example:
        ``answer.files["photo"].filename``
    """

    filename: str
    content_type: str
    size: int
    digest: bytes
    content: bytes | tuple[str, str] = field(repr=False)  # itself, or the conversation and the blob it is in

    def open(self) -> IO[bytes]:
        """The content as a binary file, from its start.

        Errors:
            FileNotFoundError: the conversation was swept.
            NotRunningError: no request is being answered.
        """
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        return cast("IO[bytes]", io.BufferedReader(_Content(self, *self.content), CHUNK))

    def kept(self, sink: Sink) -> Upload:
        """The same file, its content kept by a sink if it is in memory."""
        if not isinstance(self.content, bytes):
            return self
        sink.write(self.content)
        return replace(self, content=sink.finish())

    def read(self) -> bytes:
        """The whole content.

        Errors:
            FileNotFoundError: the conversation was swept.
            NotRunningError: no request is being answered.
        """
        with self.open() as file:
            return file.read()


class _Content(io.RawIOBase):
    """Reads a file from the store, a piece at a time."""

    def __init__(self, upload: Upload, conversation: str, blob: str) -> None:
        super().__init__()
        self._blobs = opened_blobs()
        self._size = upload.size
        self._place = conversation, blob
        self._at = 0
        self._number, self._piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, CHUNK)
        if number != self._number:
            self._piece, self._number = self._blobs.get(*self._place, number), number
        data = self._piece[start : start + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class Received:
    """A file while it is being received: what is known of it without keeping it.

    Arguments:
        filename: as the visitor's browser said.
        content_type: as the visitor's browser said.
        sink: where it goes.
    """

    def __init__(self, filename: str, content_type: str, sink: Sink) -> None:
        self.size = 0
        self._named = filename, content_type
        self._hash = sha256()
        self._sink = sink

    def write(self, data: bytes) -> None:
        """Take more of it."""
        self.size += len(data)
        self._hash.update(data)
        self._sink.write(data)

    def finish(self) -> Upload:
        """The whole file."""
        return Upload(*self._named, self.size, self._hash.digest(), self._sink.finish())
