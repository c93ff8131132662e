"""What unwinds the stack at a suspension. Not an error: nobody catches it, and compiled code lets it pass."""

from __future__ import annotations

from typing import Any


class Signal(BaseException):
    """Raised by ``suspend`` after everything has been saved; caught by the driver, and by nobody else."""

    __slots__ = ("continuation", "saved", "value")

    def __init__(self, value: Any, continuation: Any, saved: Any) -> None:
        self.value = value
        self.continuation = continuation
        self.saved = saved


class Yielded(Signal):
    """Raised by a ``yield`` in a flow generator: leaves its body, as ``Signal`` leaves the whole flow."""

    __slots__ = ("frame",)

    def __init__(self, value: Any, frame: Any) -> None:
        super().__init__(value, None, None)
        self.frame = frame


class Unbound:
    """Stands in a saved frame for a name that was not bound."""

    _only: Unbound | None = None

    def __new__(cls) -> Unbound:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __reduce__(self) -> str:
        return "UNBOUND"

    def __repr__(self) -> str:
        return "<unbound>"


UNBOUND = Unbound()
