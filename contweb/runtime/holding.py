"""Managers of entered ``with`` blocks are told of a suspension, if they want to be.

    class Lease:
        def __resume__(self): self.connection = pool.get()
        def __suspend__(self): pool.put(self.connection); self.connection = None
        def __enter__(self): self.__resume__(); return self
        def __exit__(self, *how): self.__suspend__()

``__suspend__`` is called at the line that suspends, before anything is stored or unwound, from the innermost
block outwards; ``__resume__`` before the flow goes on, from the outermost block inwards. Where one of them
fails, those that were told are told the opposite, in the opposite order, and all is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contweb.runtime.frames import Frame

SUSPEND, RESUME = "__suspend__", "__resume__"


def release(frame: Frame) -> None:
    """Tell the managers of a continuation that it is suspended."""
    _tell(list(_managers(frame)), SUSPEND, RESUME)


def acquire(frame: Frame) -> None:
    """Tell the managers of a continuation that it goes on."""
    _tell(list(_managers(frame))[::-1], RESUME, SUSPEND)


def _managers(frame: Frame) -> Iterator[Any]:
    """The managers of entered blocks, the innermost first."""
    current = frame.managing
    while current is not None:
        yield from reversed(current.site.managers(current.values))
        current = current.outer and current.outer.managing


def _tell(managers: list[Any], what: str, opposite: str) -> None:
    told: list[Any] = []
    try:
        for manager in managers:
            _call(manager, what)
            told.append(manager)
    except BaseException:
        for manager in reversed(told):
            _call(manager, opposite)
        raise


def _call(manager: Any, name: str) -> None:
    method = getattr(type(manager), name, None)
    if method is not None:
        method(manager)
