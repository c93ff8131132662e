"""The earlier versions of an app's flows, kept in its store: one sealed record for each."""

from __future__ import annotations

from itertools import count

from contweb.errors import SealError
from contweb.sealing import Bound
from contweb.state.plans import Plans
from contweb.stores.base import Store


def plans_in(store: Store, sealer: Bound, app: str) -> Plans:
    """How pages of earlier versions go on: their sources are read from the store, and that of each version of
    which a page is stored is written to it."""
    versions = _Versions(store, sealer, app)
    return Plans(versions.load, versions.save)


class _Versions:
    """A version's record stands under its name, or, where a key that it was sealed with is gone, the next."""

    def __init__(self, store: Store, sealer: Bound, app: str) -> None:
        self._store = store
        self._sealer = sealer
        self._app = app

    def load(self, version: bytes) -> bytes | None:
        """The record of a version, or None."""
        return self._find(version)

    def save(self, version: bytes, record: bytes) -> None:
        """Keep the record of a version, and mark it as in use, with those before it."""
        self._find(version, self._sealer.seal(record, _context(version)))

    def _find(self, version: bytes, sealed: bytes | None = None) -> bytes | None:
        for number in count():
            known = self._store.note(f"version {self._app} {version.hex()} {number}", sealed)
            if known is None:
                break
            try:
                return self._sealer.open(known, _context(version))
            except SealError:
                continue
        return None


def _context(version: bytes) -> bytes:
    return b"version\0" + version
