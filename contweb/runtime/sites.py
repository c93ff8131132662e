"""A site: a point as the run time needs it, to take the live names from a frame and to give them back."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from typing import Any, Protocol

from contweb.compiler.names import CELLS, is_hidden, is_manager, left_name
from contweb.compiler.places import Origin
from contweb.compiler.points import Point
from contweb.runtime.iterators import Copier, copier
from contweb.runtime.signals import UNBOUND

Closure = tuple[types.CellType, ...] | None


class Enterable(Protocol):
    """What a site asks of the ``Code`` that it belongs to."""

    name: str
    module: str
    family: Any
    origins: dict[str, Origin]
    plain: types.CodeType
    globals: dict[str, Any]
    captured: dict[str, int]
    foreign: frozenset[str]
    reference: tuple[str, str, bytes]

    @property
    def twin(self) -> types.CodeType: ...


class Site:
    """One point of a function that is known to this process."""

    def __init__(self, code: Enterable, point: Point) -> None:
        names, captured = point.live, code.captured
        self.code = code
        self.point = point
        self.number = point.number
        self._names = names
        self._get = _getter(names)
        self._held = [(place, captured[name]) for place, name in enumerate(names) if name in captured]
        self._cells = [(name, place) for place, name in enumerate(names) if name in captured]
        self._own = [place for name, place in self._cells if name not in code.foreign]
        self.has_cells = bool(self._own)
        self._plain = [place for place, name in enumerate(names) if name not in captured]
        self._copiers: list[tuple[int, Copier]] = [
            (place, copy) for place, name in enumerate(names) if (copy := copier(name)) is not None
        ]
        self.copies = bool(self._copiers)
        self._managers = _managers(names)
        self.manages = bool(self._managers)  # whether it is in a ``with``
        self._handled = [names.index(name) for name in point.handled]
        self.handles = bool(self._handled)  # whether it may be in a handler

    def save(self, names: dict[str, Any]) -> tuple[Any, ...]:
        """The values to keep of a running frame, in the order of the live names."""
        if self._held:
            return self._save_with_cells(names)
        try:
            return self._get(names)
        except KeyError:
            return tuple(self._save_slowly(names))

    def _save_slowly(self, names: dict[str, Any]) -> list[Any]:
        """With names that are not bound: a hidden one was not needed on the way here."""
        return [names.get(name, None if is_hidden(name) else UNBOUND) for name in self._names]

    def _save_with_cells(self, names: dict[str, Any]) -> tuple[Any, ...]:
        values = self._save_slowly(names)
        cells = names[CELLS]
        for place, cell in self._held:
            values[place] = cells[cell]
        return tuple(values)

    def cells(self, values: tuple[Any, ...]) -> tuple[types.CellType, ...]:
        """The cells among the values, but for those of functions around the flow, which it does not
        rewind."""
        return tuple([values[place] for place in self._own])

    def managers(self, values: tuple[Any, ...]) -> list[Any]:
        """The managers of entered ``with`` blocks that want to be told of a suspension, the outermost
        first."""
        entered = [values[place] for place, left in self._managers if values[left] is False]
        return [
            each
            for each in entered
            if hasattr(type(each), "__suspend__") or hasattr(type(each), "__resume__")
        ]

    def handled(self, values: tuple[Any, ...]) -> BaseException | None:
        """The exception that is being handled at the point."""
        for place in self._handled:
            caught: BaseException | None = values[place]
            if caught is not None:
                return caught
        return None

    def copied(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values with copies of what is control state."""
        if not self._copiers:
            return values
        copies = list(values)
        for place, copy in self._copiers:
            if copies[place] is not None:
                copies[place] = copy(copies[place])
        return tuple(copies)

    def enter(self, values: tuple[Any, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The twin as a function, and the state that it restores. A cell that was not kept is a new one."""
        code = self.code
        twin = code.twin
        free = twin.co_freevars
        closure: Closure = None
        if free:
            held = {name: values[place] for name, place in self._cells}
            closure = tuple([held[name] if name in held else types.CellType() for name in free])
            if held:
                values = tuple([values[place] for place in self._plain])
        return types.FunctionType(twin, code.globals, twin.co_name, None, closure), values


def _managers(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where managers stand among the names, and where, whether their blocks have been left; the outermost
    first."""
    found = [
        (name, names.index(left_name(name)))
        for name in names
        if is_manager(name) and left_name(name) in names
    ]
    found.sort(key=lambda pair: (len(pair[0]), pair[0]))  # as their numbers are
    return [(names.index(name), left) for name, left in found]


def _getter(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if not names:
        return lambda found: ()
    if len(names) == 1:
        (only,) = names
        return lambda found: (found[only],)
    return operator.itemgetter(*names)
