"""Around the pickled bytes: a version, and compression where that pays.

first byte   0  as it is      1  zlib
"""

from __future__ import annotations

import zlib

from contweb.errors import ContinuationError

_PLAIN, _ZLIB = b"\x00", b"\x01"
WORTH_TRYING = 512  # bytes; below that zlib gains less than its header and time cost
LARGEST = 64 * 1024 * 1024  # bytes that a record may grow to when it is unpacked


def wrap(data: bytes) -> bytes:
    """Compress where that saves a quarter."""
    if len(data) >= WORTH_TRYING:
        packed = zlib.compress(data, 1)
        if len(packed) < len(data) * 3 // 4:
            return _ZLIB + packed
    return _PLAIN + data


def unwrap(record: bytes) -> bytes:
    """``ContinuationError`` if it is not what ``wrap`` made."""
    kind, data = record[:1], record[1:]
    if kind == _PLAIN:
        return data
    if kind != _ZLIB:
        raise ContinuationError("the record is of a version that is not known here")
    try:
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(data, LARGEST)
    except zlib.error as error:
        raise ContinuationError("the record cannot be unpacked") from error
    if not unpacker.eof:
        raise ContinuationError("the record is cut short, or larger than it may be")
    return unpacked
