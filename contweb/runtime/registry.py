"""The flows that this process knows: by their running code, and by the name under which they are stored."""

from __future__ import annotations

import functools
import inspect
import opcode
import sys
import types
from collections.abc import Callable
from typing import Any, TypeVar

from contweb.compiler.names import CELLS
from contweb.compiler.pipeline import Compiled, compile_flow
from contweb.compiler.points import Point
from contweb.errors import ChangedCodeError
from contweb.runtime.iterators import Copier, copier
from contweb.runtime.support import SUPPORT

F = TypeVar("F", bound=Callable[..., Any])

_CALLS = {opcode.opmap[name] for name in ("CALL", "CALL_FUNCTION_EX", "CALL_KW", "PRECALL") if name in opcode.opmap}
_FOR_ITER = opcode.opmap["FOR_ITER"]
_CACHE = opcode.opmap["CACHE"]
Closure = tuple[types.CellType, ...] | None


class Code:
    """A compiled function, with what a capture and a resume need to know of it."""

    def __init__(self, compiled: Compiled, function: types.FunctionType, name: str) -> None:
        self.name = name
        self.module: str = function.__globals__.get("__name__", "")
        self.globals = function.__globals__
        self.plain = compiled.code
        self.fingerprint = compiled.fingerprint
        self.reference = (self.module, name, self.fingerprint)  # what bytes say of it
        self.captured = {name: place for place, name in enumerate(compiled.captured)}
        self.points: dict[int, Point] = {point.number: point for point in compiled.points}
        self._make_twin = compiled.twin
        self._savers = {point.number: _Saver(point, self.captured) for point in compiled.points}
        self.at_plain = _places(compiled.code, compiled.points)

    @functools.cached_property
    def twin(self) -> types.CodeType:
        """The version that can be entered at a point; made when it is first needed."""
        twin = self._make_twin()
        _BY_CODE[id(twin)] = (self, _places(twin, list(self.points.values())))
        return twin

    def save(self, number: int, names: dict[str, Any]) -> tuple[Any, ...]:
        """The values to keep of a running frame."""
        return self._savers[number].save(names)

    def cells(self, number: int, values: tuple[Any, ...]) -> tuple[types.CellType, ...]:
        """The cells among the values."""
        saver = self._savers[number]
        return tuple([values[place] for _, place in saver.cells]) if saver.cells else ()

    def copied(self, number: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values with copies of what is control state."""
        return self._savers[number].copied(values)

    def split(self, number: int, values: tuple[Any, ...]) -> tuple[Closure, tuple[Any, ...]]:
        """The closure of the twin, and the values that it restores. A cell that was not kept is a new one."""
        saver = self._savers[number]
        free = self.twin.co_freevars
        if not free:
            return None, values
        held = {name: values[place] for name, place in saver.cells}
        closure = tuple([held[name] if name in held else types.CellType() for name in free])
        return closure, tuple([values[place] for place in saver.plain]) if saver.cells else values


class _Saver:
    """How the live names of one point are taken from a frame and given back."""

    def __init__(self, point: Point, captured: dict[str, int]) -> None:
        self._names: tuple[str, ...] = point.live
        self._held = [captured[name] for name in point.live if name in captured]
        self.cells = [(name, place) for place, name in enumerate(point.live) if name in captured]
        self.plain = [place for place, name in enumerate(point.live) if name not in captured]
        self._copiers: list[tuple[int, Copier]] = [
            (place, copy) for place, name in enumerate(point.live) if (copy := copier(name)) is not None
        ]

    def save(self, names: dict[str, Any]) -> tuple[Any, ...]:
        values = [names.get(name, _MISSING) for name in self._names]
        for place, value in enumerate(values):
            if value is _MISSING:
                values[place] = None if "@" in self._names[place] else SUPPORT.UNBOUND
        if self.cells:
            held = names[CELLS]
            for (_, place), cell in zip(self.cells, self._held, strict=True):
                values[place] = held[cell]
        return tuple(values)

    def copied(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self._copiers:
            return values
        copies = list(values)
        for place, copy in self._copiers:
            if copies[place] is not None:
                copies[place] = copy(copies[place])
        return tuple(copies)


_MISSING: Any = object()
_MODULES: set[str] = set()
_BY_CODE: dict[int, tuple[Code, dict[int, Any]]] = {}
_BY_NAME: dict[tuple[str, str], list[Code]] = {}


def flow(function: F) -> F:
    """Compile a function into one that may suspend.

    The function stays the same object: name, signature, defaults, closure and documentation are the user's; only its code
    is exchanged. (Of a generator, which becomes a flow generator, another function is made.) Functions and lambdas written inside it become flows too. Raises ``CompileError`` where something in it cannot
    be suspended. After Pettyjohn et al., "Continuations from generalized stack inspection", ICFP 2005.

        @flow
        def address(kind):
            while True:
                form = ask("address.html", kind=kind)
                if form["zip"].isdigit():
                    return form["street"], form["zip"]
    """
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"@flow takes a function, not {type(function).__name__}: put it next to the `def`")
    if code_of(function.__code__) is not None:
        return function
    code = _compiled(function)
    if inspect.isgeneratorfunction(function):
        return _another(function, code)  # type: ignore[return-value]
    function.__code__ = code
    return function


def _another(function: types.FunctionType, code: types.CodeType) -> types.FunctionType:
    """The function with other code: Python does not let a generator become an ordinary function."""
    made = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    for name in ("__kwdefaults__", "__annotations__", "__doc__", "__module__", "__qualname__"):
        setattr(made, name, getattr(function, name))
    made.__dict__.update(function.__dict__)
    return made


def _compiled(function: types.FunctionType) -> types.CodeType:
    original = function.__code__
    known = _COMPILED.get(id(original))
    if known is None:
        compiled = compile_flow(function, SUPPORT, functools.partial(_suspends, function))
        for part, name in zip(compiled, _names(compiled), strict=True):
            code = Code(part, function, name)
            _BY_CODE[id(part.code)] = (code, code.at_plain)
            _MODULES.add(code.module)
            _BY_NAME.setdefault((code.module, name), []).append(code)
        known = _COMPILED[id(original)] = (original, compiled[0].code)
    return known[1]


_COMPILED: dict[int, tuple[types.CodeType, types.CodeType]] = {}  # a function that is made anew each time


def _names(compiled: list[Compiled]) -> list[str]:
    """Qualified names; a second function of one name inside a flow gets a number."""
    seen: dict[str, int] = {}
    result = []
    for part in compiled:
        name = part.code.co_qualname
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result


def _suspends(function: types.FunctionType, name: str) -> bool:
    found = function.__globals__.get(name)
    code = getattr(found, "__code__", None)
    return code is not None and (code in _PRIMITIVES or code_of(code) is not None)


_PRIMITIVES: set[types.CodeType] = set()


def primitive(function: F) -> F:
    """Mark a function that suspends its caller."""
    _PRIMITIVES.add(function.__code__)  # type: ignore[attr-defined]
    return function


def code_of(code: types.CodeType) -> tuple[Code, dict[int, Any]] | None:
    """What is known of running code, and at which points its instructions are."""
    return _BY_CODE.get(id(code))


def flow_modules() -> set[str]:
    """The names of the modules that define a flow."""
    return _MODULES


def find(module: str, name: str, fingerprint: bytes) -> Code:
    """The code of a stored frame. ``ChangedCodeError`` if it is not there, or is not the same any more."""
    if module not in sys.modules:
        raise ChangedCodeError(function=f"{module}.{name}", reason="its module is not loaded")
    versions = _BY_NAME.get((module, name))
    if not versions:
        raise ChangedCodeError(function=f"{module}.{name}", reason="there is no such flow any more")
    for version in reversed(versions):
        if version.fingerprint == fingerprint:
            return version
    raise ChangedCodeError(function=f"{module}.{name}", reason="its source has changed")


def _places(code: types.CodeType, points: list[Point]) -> dict[int, Any]:
    """At which point, or points, an instruction is. Its caches belong to it."""
    ends: dict[Any, Any] = {}
    for point in points:
        if point.heads:
            continue
        ends[point.end] = [*ends[point.end], point] if point.noted and point.end in ends else [point]
    heads = {head: [point] for point in points for head in point.heads}
    places: dict[int, Any] = {}
    current = None
    for index, (line, end_line, column, end_column) in enumerate(code.co_positions()):
        operation = code.co_code[2 * index]
        if operation in _CALLS:
            current = ends.get((end_line, end_column))
        elif operation == _FOR_ITER:
            current = heads.get((line, column))
        elif operation != _CACHE:
            current = None
        if current is not None:
            places[2 * index] = current[0] if len(current) == 1 else tuple(current)
    return places
