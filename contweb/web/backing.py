"""What an app stands on in one process: its store, keys, codec and claims."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contweb.clock import Clock
from contweb.errors import ConfigurationError
from contweb.sealing import Bound, Sealer, development_keys, parse_keys
from contweb.state.codec import Codec
from contweb.state.travel import Resources
from contweb.stores.base import Page, Store
from contweb.stores.keys import check_keys
from contweb.stores.open import check_url, open_store
from contweb.web.blobs import Blobs
from contweb.web.claims import Claims
from contweb.web.earlier import plans_in
from contweb.web.sweeping import USUAL, Keep, Sweeping
from contweb.web.tokens import Tokens

DEFAULT_STORE = "sqlite:///contweb.sqlite3"
MAX_PAGE = 1024 * 1024
_SQLITE = "sqlite:///"
_MAY_TRAVEL = (
    "contweb.errors",
    "contweb.web.answers",
    "contweb.web.doors",
    "contweb.web.form_wtforms",
    "contweb.web.links",
    "contweb.web.pages",
    "contweb.web.shared",
    "contweb.web.uploads",
    "werkzeug.exceptions",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an app is to be backed, not looked at before the first request.

    Arguments:
        store: a store's URL, a store, or None for ``CONTWEB_STORE``.
        secret_keys: as in ``CONTWEB_SECRET_KEYS``, or None for that.
        packages: whose classes and functions may travel in pages.
        clock: the time.
        lease: seconds for which a claim holds.
        resources: what travels by name.
        app: its name, which its records are bound to.
        encrypt: whether what is stored is encrypted, not only signed.
        max_page: bytes that a page's names, or what it shows, may take.
        debug: whether large pages are warned of.
        keep: how long and how much is kept.
    """

    store: str | Store | None
    secret_keys: str | Sequence[bytes] | None
    packages: tuple[str, ...]
    clock: Clock
    lease: float
    resources: tuple[Resources, ...] = ()
    app: str = ""
    encrypt: bool = False
    max_page: int = MAX_PAGE
    debug: bool = False
    keep: Keep = USUAL


class Backing:
    """The opened store of an app, with what reads and writes it. Belongs to one process."""

    def __init__(self, settings: Settings, keys: Sequence[bytes], sealer: Sealer, store: Store) -> None:
        self.process = os.getpid()
        self.clock = settings.clock
        self.store = store
        self.sealer = sealer
        self.max_page = settings.max_page
        self.warns = settings.debug
        bound = Bound(sealer, settings.app.encode("utf-8", "surrogatepass"))
        self.plans = plans_in(store, bound, settings.app)
        self.codec = Codec(bound, _MAY_TRAVEL + settings.packages, settings.resources, self.plans)
        self.tokens = Tokens(keys)
        self.claims = Claims(store, settings.lease)
        self.blobs = Blobs(store, bound)
        self.sweeping = Sweeping(store, settings.clock, settings.keep)


def open_backing(settings: Settings) -> Backing:
    """Open the store, and check that it was written with these keys.

    Errors:
        ConfigurationError: a setting is missing or wrong.
        StoreKeysError: the store was written with other keys.
        StoreUnavailableError: the store cannot be reached.
    """
    store = chosen_store(settings.store)
    if isinstance(store, str):
        check_url(store)
    keys = _keys(settings, store)
    opened = open_store(store, clock=settings.clock) if isinstance(store, str) else store
    sealer = Sealer(keys, settings.encrypt)
    try:
        check_keys(opened, sealer)
    except BaseException:
        if opened is not store:
            opened.close()
        raise
    return Backing(settings, keys, sealer, opened)


def chosen_store(given: str | Store | None) -> str | Store:
    """The store that is meant: the one that was given, or else the one of ``CONTWEB_STORE``, or a file."""
    return given or os.environ.get("CONTWEB_STORE") or DEFAULT_STORE


def _keys(settings: Settings, store: str | Store) -> Sequence[bytes]:
    given = settings.secret_keys or os.environ.get("CONTWEB_SECRET_KEYS")
    if given:
        return parse_keys(given) if isinstance(given, str) else given
    if not isinstance(store, str) or store.startswith("memory:"):
        return (secrets.token_bytes(32),)
    if store.startswith(_SQLITE):
        return development_keys(Path(store.removeprefix(_SQLITE).partition("?")[0] + ".keys"))
    raise ConfigurationError("a store on a server needs CONTWEB_SECRET_KEYS; `contweb keys` makes one")


def seal_context(what: bytes, page: Page) -> bytes:
    """What a page's sealed bytes are bound to, so that bytes moved to another page are refused.

    Arguments:
        what: ``b"shown"`` or ``b"frames"``.
    """
    place = (page.token, page.conversation, page.path, page.step)
    return b"\0".join((what, *(part.encode("utf-8", "surrogatepass") for part in place)))
