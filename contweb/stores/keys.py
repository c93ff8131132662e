"""A store is opened with the keys it was written with, or not at all."""

from __future__ import annotations

from contweb.errors import StoreKeysError
from contweb.sealing import Sealer
from contweb.stores.base import Store


def check_keys(store: Store, sealer: Sealer) -> None:
    """Refuse a store that was written with other keys (``StoreKeysError``); a new store takes these.

    A store that was made with key A opens with "B,A", which makes B known to it: from then on it opens with B
    alone.
    """
    known = [store.setting("keys", sealer.check())]
    known += [store.setting(f"keys:{key_id}") for key_id in sealer.key_ids]
    if not any(sealer.accepts(check) for check in known):
        raise StoreKeysError(
            "the store was written with other secret keys, or by an earlier contweb. Give those keys in"
            " CONTWEB_SECRET_KEYS (after the new ones, if they are to be replaced), or use another store"
        )
    newest = f"keys:{sealer.key_ids[0]}"
    if store.setting(newest) is None:
        store.setting(newest, sealer.check())
