"""Values to sealed bytes and back: pickle, envelope, seal; and the errors that tell what cannot be stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from contweb.errors import CannotStoreError, TooLargeError
from contweb.state.blame import Parts, biggest, blame, default_parts
from contweb.state.envelope import unwrap, wrap
from contweb.state.pickler import to_bytes
from contweb.state.plans import Plans
from contweb.state.policy import Policy
from contweb.state.travel import Resources
from contweb.state.unpickler import from_bytes


class Seals(Protocol):
    """What a codec asks of a ``contweb.sealing.Sealer``."""

    def seal(self, data: bytes, context: bytes) -> bytes: ...

    def open(self, sealed: bytes, context: bytes) -> bytes: ...


class Codec:
    """Makes records.

    Arguments:
        sealer: seals them; None for bytes that nobody else can write.
        packages: the app's, whose classes and functions may travel.
        resources: what travels by name.
        plans: how frames of earlier versions of the code go on; without them they are refused.
    """

    def __init__(
        self,
        sealer: Seals | None,
        packages: Iterable[str] = (),
        resources: Iterable[Resources] = (),
        plans: Plans | None = None,
    ) -> None:
        self._sealer = sealer
        self._policy = Policy(packages, resources)
        self._policy.plans = plans

    def dump(self, value: Any, context: bytes = b"", parts: Parts | None = None) -> bytes:
        """The sealed record of a value; of a continuation, its innermost ``Frame``.

        Arguments:
            context: binds it to its place (the app, the token, the kind): the same is given to ``load``.
            parts: the names in it, for the error that tells which of them cannot be stored.

        Errors:
            CannotStoreError: names what stands in the way.
        """
        return self.seal(wrap(self.encode(value, parts)), context)

    def load(self, record: bytes, context: bytes = b"") -> Any:
        """The value of a record.

        Errors:
            SealError: it is not ours, or was changed or moved; said before anything is parsed.
            ForbiddenError: it names what may not be constructed.
            ChangedCodeError: the code of a flow in it has changed.
        """
        return self.decode(unwrap(self.open(record, context)))

    def encode(self, value: Any, parts: Parts | None = None, limit: int | None = None) -> bytes:
        """The bytes of a value, without envelope and seal.

        Errors:
            CannotStoreError: names what stands in the way.
            TooLargeError: they are more than the limit.
        """
        try:
            data = to_bytes(value, self._policy)
        except CannotStoreError:
            raise
        except Exception as error:
            raise blame(value, parts() if parts else default_parts(value), self._policy) from error
        if limit is not None and len(data) > limit:
            raise self.too_large(value, parts, len(data), limit)
        return data

    def too_large(self, value: Any, parts: Parts | None, size: int, limit: int) -> TooLargeError:
        """The error for a value of so many bytes: it names the largest of what is in it."""
        return biggest(size, limit, parts() if parts else default_parts(value), self._policy)

    def decode(self, data: bytes) -> Any:
        """The value of such bytes."""
        return from_bytes(data, self._policy)

    def seal(self, data: bytes, context: bytes) -> bytes:
        """Bytes, sealed for a place."""
        return data if self._sealer is None else self._sealer.seal(data, context)

    def open(self, record: bytes, context: bytes) -> bytes:
        """Sealed bytes again. ``SealError``."""
        return record if self._sealer is None else self._sealer.open(record, context)
