"""What is new in some bytes, seen from older ones.

The new bytes are put together of pieces of the old ones and of what stands in between, which zlib packs with
the end of the old bytes as its dictionary. Pieces are found as xdelta does (MacDonald, "File system support
for delta compression", 2000): blocks of the old bytes are looked up at each place of the new ones, and grow
as far as both agree. So the time grows with what changed, besides a comparison of memory.

    length(4) count(4) packed: count * (place(4) length(4) of a piece, length(4) of what stands before it)
                               and all that stands between the pieces
"""

from __future__ import annotations

import math
import struct
import zlib

from contweb.errors import ContinuationError

_SMALLEST = 24  # bytes that must agree, at an old place that is a multiple of so many; more of large ones
_PATIENCE = 4096  # bytes in which nothing agrees, after which no difference pays
_DICTIONARY = 32768  # bytes that zlib looks back
_ENTRY = struct.Struct("<III")
_HEAD = struct.Struct("<II")


def difference(old: bytes, new: bytes) -> bytes | None:
    """The new bytes, seen from the old ones; None if they have too little in common."""
    pieces = _pieces(old, new)
    if pieces is None:
        return None
    entries: list[tuple[int, int, int]] = []
    literals: list[bytes] = []
    end = 0
    for place, start, length in pieces:
        literals.append(new[end:start])
        entries.append((place, length, start - end))
        end = start + length
    literals.append(new[end:])
    table = b"".join(_ENTRY.pack(*entry) for entry in entries)
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=old[-_DICTIONARY:])
    packed = packer.compress(table) + packer.compress(b"".join(literals)) + packer.flush()
    return _HEAD.pack(len(new), len(entries)) + packed


def _pieces(old: bytes, new: bytes) -> list[tuple[int, int, int]] | None:
    """Places in the old and in the new bytes, and lengths, in order, of what they have in common."""
    block = max(_SMALLEST, math.isqrt(len(old)) // 4)
    found = {old[at : at + block]: at for at in range(len(old) // block * block - block, -1, -block)}.get
    pieces: list[tuple[int, int, int]] = []
    done, at, ahead = 0, 0, 0
    while at <= len(new) - block:
        place = found(new[at : at + block])
        if place is None:
            at += 1
            if at - done > _PATIENCE:
                return None
            continue
        if old[ahead : ahead + block] == new[at : at + block]:
            place = ahead  # what comes next in the old bytes, where the same stands in several places
        length = _common(old, place, new, at)
        while at > done and place > 0 and old[place - 1] == new[at - 1]:
            place, at, length = place - 1, at - 1, length + 1
        pieces.append((place, at, length))
        done = at = at + length
        ahead = place + length
    return pieces


def _common(old: bytes, place: int, new: bytes, at: int) -> int:
    """How far both agree from there: by ever larger steps, then by ever smaller ones."""
    length, step = 0, 64
    while old[place + length : place + length + step] == new[at + length : at + length + step]:
        length += step
        if place + length >= len(old) or at + length >= len(new):
            return min(len(old) - place, len(new) - at)
        step *= 2
    while step > 1:
        step //= 2
        ours = old[place + length : place + length + step]
        if len(ours) == step and ours == new[at + length : at + length + step]:
            length += step
    return length


def patched(old: bytes, delta: bytes, most: int) -> bytes:
    """The new bytes again. ``ContinuationError`` if they cannot be had, or would be more than ``most``."""
    try:
        size, count = _HEAD.unpack_from(delta)
        if size > most or count > size:
            raise ContinuationError("a difference is larger than it may be")
        unpacker = zlib.decompressobj(-15, zdict=old[-_DICTIONARY:])
        unpacked = unpacker.decompress(delta[_HEAD.size :], count * _ENTRY.size + size + 1)
        made: list[bytes] = []
        at = count * _ENTRY.size
        left = size
        for place, length, before in _ENTRY.iter_unpack(unpacked[:at]):
            left -= length + before
            if left < 0:
                raise ContinuationError("a difference does not fit")
            made += (unpacked[at : at + before], old[place : place + length])
            at += before
        new = b"".join((*made, unpacked[at:]))
    except (struct.error, zlib.error) as error:
        raise ContinuationError("a difference cannot be read") from error
    if len(new) != size:
        raise ContinuationError("a difference does not fit")
    return new
