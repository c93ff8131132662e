"""Exceptions raised by a C function called from the user's code: no frame of ours is in their traceback."""

from __future__ import annotations

import codecs
import functools
from typing import Any


class Raises(functools.partial[Any]):
    """Raises its exception when it is called."""


def raises(error: BaseException) -> Raises:
    """To be called where the exception belongs. ``strict_errors`` raises whatever it is given."""
    return Raises(codecs.strict_errors, error)
