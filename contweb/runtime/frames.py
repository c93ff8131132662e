"""A frame: one flow function's saved names at a point. And the chain of them that a continuation is."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from contweb.compiler.names import is_gathering, is_hidden, is_iterator
from contweb.runtime.iterators import fork

if TYPE_CHECKING:
    from contweb.runtime.registry import Code


class Frame:
    """One flow function at a point. Not changed after it was made.

    ``values`` are in the order of the point's ``live`` names; for a name that lives in a cell, the cell, and in
    ``contents`` what the cell held. ``outer`` is the frame that called it.
    """

    __slots__ = ("code", "contents", "number", "outer", "values", "via")

    def __init__(
        self,
        code: Code,
        number: int,
        values: tuple[Any, ...],
        contents: tuple[tuple[Any, Any], ...],
        outer: Frame | None,
        via: Any = None,
    ) -> None:
        self.code = code
        self.number = number
        self.values = values
        self.contents = contents
        self.outer = outer
        self.via = via  # what the call went through to the frame inside: None, or the object that a class was making

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
                shown[name] = _content(value) if name in self.code.captured else value
        return shown

    def handled(self) -> BaseException | None:
        """The exception that is being handled at the point."""
        point = self.code.points[self.number]
        for name in point.handled:
            exception = self.values[point.live.index(name)]
            if exception is not None:
                return exception  # type: ignore[no-any-return]
        return None

    def settle(self) -> None:
        """Remember what the cells hold, once they were filled."""
        cells = [value for value in self.values if isinstance(value, types.CellType)]
        self.contents = tuple((cell, cell.cell_contents) for cell in cells if not _is_empty(cell))

    def prepare(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The twin, ready to be called with the point's number, the saved state, and what the call at the point gives."""
        for cell, content in self.contents:
            cell.cell_contents = content
        code = self.code
        cells, state = code.split(self.number, self.values)
        return types.FunctionType(code.twin, code.globals, code.twin.co_name, None, cells), state


def _is_empty(cell: types.CellType) -> bool:
    try:
        cell.cell_contents
    except ValueError:
        return True
    return False


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


Copier = Callable[[Any], Any]


def copier(name: str) -> Copier | None:
    """How the value of a name is copied when it is control state rather than the program's data."""
    if is_iterator(name):
        return fork
    if is_gathering(name):
        return _copy
    return None


def _copy(gathered: Any) -> Any:
    return gathered.copy()
