"""A request's body made into an answer, strictly: what is not clearly a form is refused, not guessed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO
from urllib.parse import parse_qsl

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from contweb.web.answers import Answer
from contweb.web.body import Limits
from contweb.web.uploads import Upload

_CHUNK = 64 * 1024
_TEXT = ("utf-8", "utf8", "us-ascii", "ascii")


def receive(stream: IO[bytes], mimetype: str, parameters: Mapping[str, str], limits: Limits) -> Answer:
    """The answer in a request's body.

    Arguments:
        stream: the body; see ``contweb.web.body.Body``.
        mimetype: of the body, without parameters; empty if there is none.
        parameters: of the mimetype (``boundary``, ``charset``).

    Errors:
        BadRequest: not UTF-8, contains NUL, or is not what its type says.
        RequestEntityTooLarge: too many fields, or one is too long.
        UnsupportedMediaType: a body that is no form.
    """
    if parameters.get("charset", "utf-8").lower() not in _TEXT:
        raise BadRequest("The form is not in UTF-8.")
    if mimetype == "application/x-www-form-urlencoded":
        answer = _urlencoded(stream, limits)
    elif mimetype == "multipart/form-data":
        answer = _multipart(stream, parameters.get("boundary", ""), limits)
    elif stream.read(1):
        raise UnsupportedMediaType("What was sent is not a form.")
    else:
        answer = Answer()
    _refuse_nul(answer)
    return answer


def _urlencoded(stream: IO[bytes], limits: Limits) -> Answer:
    raw = stream.read()
    if raw.count(b"&") >= limits.max_fields:
        raise RequestEntityTooLarge(f"A form may have {limits.max_fields} fields at most.")
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The form is not in UTF-8.") from None
    if any(len(value) > limits.max_field or len(name) > limits.max_field for name, value in pairs):
        raise _field_too_long(limits)
    return Answer(pairs)


def _multipart(stream: IO[bytes], boundary: str, limits: Limits) -> Answer:
    pairs: list[tuple[str, str]] = []
    files: list[tuple[str, Upload]] = []
    try:
        for part, data in _parts(stream, boundary.encode("ascii"), limits):
            if isinstance(part, File):
                content_type = part.headers.get("content-type", "application/octet-stream")
                files.append((part.name, Upload(part.filename, content_type, data)))
            else:
                pairs.append((part.name, data.decode("utf-8")))
    except UnicodeError:
        raise BadRequest("The form is not in UTF-8.") from None
    except ValueError:
        raise BadRequest("The form could not be read.") from None
    # A file field that was left empty is sent as a file without a name: it is no upload.
    return Answer(pairs, [(name, upload) for name, upload in files if upload.filename or upload.data])


def _parts(stream: IO[bytes], boundary: bytes, limits: Limits) -> Iterator[tuple[Field | File, bytes]]:
    """The parts of a multipart body, each with its data."""
    part: Field | File | None = None
    data = bytearray()
    for event in _events(stream, boundary, limits):
        if isinstance(event, Field | File):
            if not event.name:
                raise ValueError("a part without a name")
            part, data = event, bytearray()
        elif isinstance(event, Data) and part is not None:
            data += event.data
            if isinstance(part, Field) and len(data) > limits.max_field:
                raise _field_too_long(limits)
            if not event.more_data:
                yield part, bytes(data)


def _events(stream: IO[bytes], boundary: bytes, limits: Limits) -> Iterator[Event]:
    if not boundary:
        raise ValueError("no boundary")
    decoder = MultipartDecoder(boundary, max_parts=limits.max_fields)
    while True:
        decoder.receive_data(stream.read(_CHUNK) or None)
        event = decoder.next_event()
        while not isinstance(event, NeedData):
            if isinstance(event, Epilogue):
                return
            yield event
            event = decoder.next_event()


def _refuse_nul(answer: Answer) -> None:
    texts = [text for pair in answer.received() for text in pair]
    texts += [text for name, upload in answer.files.items(multi=True) for text in (name, upload.filename)]
    if any("\0" in text for text in texts):
        raise BadRequest("The form contains a character (NUL) that no text has.")


def _field_too_long(limits: Limits) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"A field may be {limits.max_field:,} characters long at most.")
