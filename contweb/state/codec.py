"""Values to sealed bytes and back: pickle, envelope, seal; and the error that tells what could not be stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from contweb.errors import CannotStoreError
from contweb.state.blame import blame
from contweb.state.envelope import unwrap, wrap
from contweb.state.pickler import from_bytes, to_bytes
from contweb.state.policy import Policy


class Seals(Protocol):
    """What a codec asks of a ``contweb.sealing.Sealer``."""

    def seal(self, data: bytes, context: bytes) -> bytes: ...

    def open(self, sealed: bytes, context: bytes) -> bytes: ...


class Codec:
    """Makes records. ``packages``: the app's, whose classes and functions may travel.

    ``context`` binds a record to its place (the app, the token, the kind): it must be the same when it is loaded.
    """

    def __init__(self, sealer: Seals | None, packages: Iterable[str] = ()) -> None:
        self._sealer = sealer
        self._policy = Policy(packages)

    def dump(self, value: Any, context: bytes = b"") -> bytes:
        """The sealed record of a value; of a continuation, its innermost ``Frame``. ``CannotStoreError`` names what stands in the way."""
        try:
            data = to_bytes(value, self._policy)
        except CannotStoreError:
            raise
        except Exception as error:
            raise blame(value, error, self._policy) from error
        record = wrap(data)
        return record if self._sealer is None else self._sealer.seal(record, context)

    def load(self, record: bytes, context: bytes = b"") -> Any:
        """The value of a record. ``SealError`` before anything is parsed; ``ForbiddenError``; ``ChangedCodeError``."""
        opened = record if self._sealer is None else self._sealer.open(record, context)
        return from_bytes(unwrap(opened), self._policy)
