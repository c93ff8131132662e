"""Ages, sizes and numbers as people write and read them: ``30d``, ``2 GB``."""

from __future__ import annotations

import re
from datetime import timedelta

from contweb.errors import ConfigurationError

_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SIZES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")


def seconds(age: str | float | timedelta) -> float:
    """How long that is.

    Errors:
        ConfigurationError: it is no age.

    Example:
        >>> seconds("30d")
        2592000.0
    """
    if isinstance(age, timedelta):
        found: float | None = age.total_seconds()
    else:
        found = _amount(age, _AGES)
    if found is None or not 0 <= found < 2**40:
        raise ConfigurationError(f'{age!r} is no age: write "30d", "12h", "15m" or "90s"')
    return found


def in_bytes(size: str | int) -> int:
    """How many bytes that is.

    Errors:
        ConfigurationError: it is no size.

    Example:
        >>> in_bytes("2 GB")
        2000000000
    """
    found = _amount(size, _SIZES)
    if found is None or not 0 <= found < 2**62:
        raise ConfigurationError(f'{size!r} is no size: write "2GB", "500MB" or "800KB"')
    return int(found)


def size_text(size: int) -> str:
    """A size for people.

    Example:
        >>> size_text(1_250_000)
        '1.2 MB'
    """
    for unit in ("TB", "GB", "MB", "KB"):
        if size >= _SIZES[unit]:
            return f"{size / _SIZES[unit]:.1f} {unit}"
    return f"{size} bytes"


def counted(count: int, what: str) -> str:
    """So many of something.

    Example:
        >>> counted(2, "page")
        '2 pages'
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def _amount(text: str | float, units: dict[str, int]) -> float | None:
    if not isinstance(text, str):
        return float(text)
    found = _AMOUNT.fullmatch(text)
    unit = units.get(found[2]) or units.get(found[2].upper()) if found else None
    return float(found[1]) * unit if found and unit else None
