"""The body of a request: at most so many bytes, and all of those that were announced."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a visitor may send.

    Arguments:
        max_body: bytes of a whole request.
        max_field: bytes of one form field that is not a file.
        max_fields: fields and files in one form.
        max_file: bytes of one file; None: no limit but that of the whole request.
    """

    max_body: int = 16 * 1024 * 1024
    max_field: int = 500_000
    max_fields: int = 1_000
    max_file: int | None = None


class Body(io.RawIOBase):
    """Reads a request's body.

    A server that ends the stream by itself (``wsgi.input_terminated``, as gunicorn does) gives fewer bytes
    when the connection broke; here that is an error all the same, because a body cut short must not be taken
    for an answer.

    Errors:
        RequestEntityTooLarge: the body is longer than the limit, announced or not. No more than the limit was
            read.
        BadRequest: fewer bytes came than were announced.
    """

    def __init__(self, environ: WSGIEnvironment, limit: int) -> None:
        super().__init__()
        self._stream: IO[bytes] = environ["wsgi.input"]
        self._limit = limit
        self._read = 0
        self._length = get_content_length(environ)
        if self._length is None and "wsgi.input_terminated" not in environ:
            self._length = 0
        if self._length is not None and self._length > limit:
            raise RequestEntityTooLarge()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._left())
        if wanted == 0:
            return 0
        data = self._next(wanted)
        if not data and self._length is not None:
            raise BadRequest("The request ended early: not all that was sent has arrived.")
        self._read += len(data)
        if self._read > self._limit:
            raise RequestEntityTooLarge()
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """All that is left; of an announced body, in one read if it is there at once."""
        if self._length is None or self._read:
            return super().readall()
        data = self._next(self._length)
        self._read = len(data)
        return data if self._read == self._length else data + super().readall()

    def _left(self) -> int:
        """How many bytes may still be asked for: one more than the limit shows that a stream of unknown
        length goes on."""
        return (self._limit + 1 if self._length is None else self._length) - self._read

    def _next(self, wanted: int) -> bytes:
        try:
            return self._stream.read(wanted)
        except (OSError, ValueError) as error:
            raise BadRequest("The request ended early: not all that was sent has arrived.") from error
