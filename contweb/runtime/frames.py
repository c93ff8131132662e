"""A frame: one flow function's saved names at a point. And the chain of them that a continuation is."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

from contweb.compiler.names import is_hidden
from contweb.runtime.registry import Code
from contweb.runtime.signals import UNBOUND


class Frame:
    """One flow function at a point.

    ``values`` are in the order of the point's ``live`` names; for a name that lives in a cell, the cell. ``outer`` is the
    frame that called it. The innermost frame of a continuation has in ``contents`` what the cells of all its frames held.
    """

    __slots__ = ("around", "cells", "code", "contents", "handling", "number", "outer", "values", "via")

    def __init__(
        self, code: Code, number: int, values: tuple[Any, ...], outer: Frame | None, via: Any = None
    ) -> None:
        self.code = code
        self.number = number
        self.values = values
        self.outer = outer
        self.via = via  # what the call went through to the frame inside: None, or the object that a class was making
        self.cells = code.cells(number, values)
        self.around = outer if outer is None or outer.cells else outer.around  # the next frame with cells
        self.contents: tuple[tuple[types.CellType, Any], ...] = ()
        self.handling = self.handled() if code.points[number].handled else None  # here, or around
        if self.handling is None and outer is not None:
            self.handling = outer.handling

    def chain(self) -> Iterator[Frame]:
        """This frame, and those around it."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer

    def names(self) -> dict[str, Any]:
        """The user's names, as a debugger would show them."""
        point = self.code.points[self.number]
        shown = {}
        for name, value in zip(point.live, self.values, strict=True):
            if not is_hidden(name):
                shown[name] = content(value) if name in self.code.captured else value
        return {name: value for name, value in shown.items() if value is not UNBOUND}

    def handled(self) -> BaseException | None:
        """The exception that is being handled at the point."""
        point = self.code.points[self.number]
        for name in point.handled:
            exception = self.values[point.live.index(name)]
            if exception is not None:
                return exception  # type: ignore[no-any-return]
        return None

    def copy(self) -> Frame:
        """Another frame at the same point, with its own loop positions."""
        copied = Frame(self.code, self.number, self.code.copied(self.number, self.values), self.outer, self.via)
        copied.contents = self.contents
        return copied

    def remember(self) -> None:
        """Note what the cells of all frames hold: names of a continuation, though functions may share them."""
        frame: Frame | None = self
        contents = []
        while frame is not None:
            contents += [(cell, content(cell)) for cell in frame.cells]
            frame = frame.around
        self.contents = tuple(contents)

    def recall(self) -> None:
        """Let the cells hold again what they held."""
        for cell, held in self.contents:
            fill(cell, held)

    def prepare(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The twin, ready to be called with the point's number, the saved state, and what the call at the point gives.

        The state of loops goes to the twin, which changes it; the frame keeps copies, made before, for the next time.
        """
        code, values = self.code, self.values
        self.values = code.copied(self.number, values)
        closure, state = code.split(self.number, values)
        return types.FunctionType(code.twin, code.globals, code.twin.co_name, None, closure), state


def content(cell: types.CellType) -> Any:
    """What a cell holds, or ``UNBOUND``."""
    try:
        return cell.cell_contents
    except ValueError:
        return UNBOUND


def fill(cell: types.CellType, held: Any) -> None:
    """Let a cell hold something, or nothing."""
    if held is not UNBOUND:
        cell.cell_contents = held
    elif content(cell) is not UNBOUND:
        del cell.cell_contents
