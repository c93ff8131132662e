"""From a URL, as in ``CONTWEB_STORE``, to a store.

    memory:                          in this process, for trying out
    sqlite:///contweb.db             a file, from the directory in which the process runs
    sqlite:////var/lib/contweb.db    a file, from the root
    sqlite:///contweb.db?synchronous=full&timeout=4

``synchronous``: "normal" (nothing is lost when processes die) or "full" (nor when the power goes: slower).
``timeout``: seconds to wait for other writers.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from contweb.clock import Clock
from contweb.errors import ConfigurationError
from contweb.stores.base import Store
from contweb.stores.memory import MemoryStore
from contweb.stores.sqlite import TIMEOUT, SQLiteStore

SQLITE = "sqlite:///"
OPTIONS = ("synchronous", "timeout")
KNOWN = "memory:, sqlite:///relative/path or sqlite:////absolute/path"
LATER = ("redis", "rediss", "postgresql", "postgres", "sealed")


def open_store(url: str, clock: Clock | None = None) -> Store:
    """The store that the URL names. ``ConfigurationError`` if it names none, or one that cannot be opened.

    Nothing in the path is quoted: it reaches to the first question mark.
    """
    check_url(url)
    if url == "memory:":
        return MemoryStore(clock)
    if url.startswith(SQLITE):
        return _open_sqlite(url, clock)
    raise ConfigurationError(f"there is no store for {url.partition(':')[0]}: yet. Known are {KNOWN}")


def check_url(url: str) -> None:
    """Refuse a URL that no store has (``ConfigurationError``)."""
    scheme, colon, _ = url.partition(":")
    if url == "memory:" or url.startswith(SQLITE) or (colon and scheme in LATER):
        return
    if scheme == "sqlite" and colon:
        raise ConfigurationError("an SQLite store is sqlite:///relative/path or sqlite:////absolute/path")
    name = f"{scheme}:" if colon else "a name without a scheme"
    raise ConfigurationError(f"there is no store for {name}. Known are {KNOWN}")


def _open_sqlite(url: str, clock: Clock | None) -> Store:
    path, _, query = url.removeprefix(SQLITE).partition("?")
    if not path or path == ":memory:":
        raise ConfigurationError("an SQLite store needs the path of a file; for one in memory take memory:")
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(options.keys() - set(OPTIONS))
    if unknown:
        raise ConfigurationError(
            f"a SQLite store has the options {' and '.join(OPTIONS)}, but not {unknown[0]}"
        )
    return SQLiteStore(
        path,
        clock,
        synchronous=options.get("synchronous", "normal"),
        timeout=_seconds(options.get("timeout", str(TIMEOUT))),
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= TIMEOUT:
        raise ConfigurationError(
            f"the timeout of an SQLite store is a number of seconds from 0 to {TIMEOUT:g}"
        )
    return seconds
