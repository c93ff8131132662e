"""A request's body made into an answer, strictly: what is not clearly a form is refused, not guessed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO
from urllib.parse import parse_qsl

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from contweb.web.answers import Answer
from contweb.web.blobs import MemorySink, Sink
from contweb.web.body import Limits
from contweb.web.uploads import Received, Upload

_CHUNK = 64 * 1024
_MOST_UNREAD = 4 * _CHUNK  # bytes of a multipart body of which no sense can be made yet
_TEXT = ("utf-8", "utf8", "us-ascii", "ascii")


def receive(
    stream: IO[bytes],
    mimetype: str,
    parameters: Mapping[str, str],
    limits: Limits,
    sink: Sink | None = None,
) -> Answer:
    """The answer in a request's body.

    Arguments:
        stream: the body; see ``contweb.web.body.Body``.
        mimetype: of the body, without parameters; empty if there is none.
        parameters: of the mimetype (``boundary``, ``charset``).
        sink: where files go; nothing stays there of a body that is refused. By default to memory.

    Errors:
        BadRequest: not UTF-8, contains NUL, or is not what its type says.
        RequestEntityTooLarge: too many fields, or a field or a file is too long.
        UnsupportedMediaType: a body that is no form.
    """
    sink = MemorySink() if sink is None else sink
    try:
        return _received(stream, mimetype, parameters, limits, sink)
    except BaseException:
        sink.drop()
        raise


def _received(
    stream: IO[bytes], mimetype: str, parameters: Mapping[str, str], limits: Limits, sink: Sink
) -> Answer:
    if parameters.get("charset", "utf-8").lower() not in _TEXT:
        raise BadRequest("The form is not in UTF-8.")
    if mimetype == "application/x-www-form-urlencoded":
        answer = _urlencoded(stream, limits)
    elif mimetype == "multipart/form-data":
        answer = _multipart(stream, parameters.get("boundary", ""), limits, sink)
    elif stream.read(1):
        raise UnsupportedMediaType()
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
    longest = limits.max_field
    # What is sent is at least as long as what it stands for.
    if len(raw) > longest and any(len(value) > longest or len(name) > longest for name, value in pairs):
        raise _field_too_long(limits)
    return Answer(pairs)


def _multipart(stream: IO[bytes], boundary: str, limits: Limits, sink: Sink) -> Answer:
    pairs: list[tuple[str, str]] = []
    files: list[tuple[str, Upload]] = []
    try:
        for name, value in _parts(stream, boundary.encode("ascii"), limits, sink):
            if isinstance(value, Upload):
                files.append((name, value))
            else:
                pairs.append((name, value.decode("utf-8")))
    except UnicodeError:
        raise BadRequest("The form is not in UTF-8.") from None
    except ValueError:
        raise BadRequest("The form could not be read.") from None
    # A file field that was left empty is sent as a file without a name: it is no upload.
    return Answer(pairs, [(name, upload) for name, upload in files if upload.filename or upload.size])


def _parts(
    stream: IO[bytes], boundary: bytes, limits: Limits, sink: Sink
) -> Iterator[tuple[str, Upload | bytes]]:
    """The parts of a multipart body, by their names: a file that was received, or a field's bytes."""
    name, field = "", bytearray()
    file: Received | None = None
    for event in _events(stream, boundary, limits):
        if isinstance(event, Field | File):
            if not event.name:
                raise ValueError("a part without a name")
            name, field, file = event.name, bytearray(), _begun(event, sink)
        elif isinstance(event, Data) and name:
            if file is None:
                field += event.data
            else:
                file.write(event.data)
            _refuse_long(len(field), file, limits)
            if not event.more_data:
                yield name, bytes(field) if file is None else file.finish()


def _begun(event: Field | File, sink: Sink) -> Received | None:
    if isinstance(event, Field):
        return None
    return Received(event.filename, event.headers.get("content-type", "application/octet-stream"), sink)


def _refuse_long(field: int, file: Received | None, limits: Limits) -> None:
    if field > limits.max_field:
        raise _field_too_long(limits)
    if file is not None and limits.max_file is not None and file.size > limits.max_file:
        raise RequestEntityTooLarge(f"A file may have {limits.max_file:,} bytes at most.")


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
        if len(decoder.buffer) > _MOST_UNREAD:
            raise ValueError("a head without an end, or no part at all")


def _refuse_nul(answer: Answer) -> None:
    texts = [text for pair in answer.received() for text in pair]
    if answer.files:
        for name, upload in answer.files.items(multi=True):
            texts += name, upload.filename, upload.content_type
    if "\0" in "".join(texts):
        raise BadRequest("The form contains a character (NUL) that no text has.")


def _field_too_long(limits: Limits) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"A field may be {limits.max_field:,} characters long at most.")
