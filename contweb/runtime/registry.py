"""The flows that this process knows: by their running code, and by the name under which they are stored."""

from __future__ import annotations

import functools
import inspect
import opcode
import sys
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from contweb.compiler.names import POSITION
from contweb.compiler.pipeline import Compiled, compile_flow
from contweb.errors import ChangedCodeError
from contweb.runtime import families
from contweb.runtime.families import Family, Name, Reference, dotted, named
from contweb.runtime.migrate import Migrate
from contweb.runtime.sites import Site
from contweb.runtime.support import SUPPORT

F = TypeVar("F", bound=Callable[..., Any])

_CALLS = {
    opcode.opmap[name] for name in ("CALL", "CALL_FUNCTION_EX", "CALL_KW", "PRECALL") if name in opcode.opmap
}
_FOR_ITER = opcode.opmap["FOR_ITER"]
_CACHE = opcode.opmap["CACHE"]


class Code:
    """A compiled function, with what a capture and a resume need to know of it."""

    def __init__(self, compiled: Compiled, function: types.FunctionType, name: str, family: Family) -> None:
        self.name = name
        self.family = family
        self.place = compiled.place
        self.origins = compiled.origins
        self.is_inside = name != family.defined[1]  # a function inside the flow
        self.module: str = function.__globals__.get("__name__", "")
        self.globals = function.__globals__
        self.plain = compiled.code
        module, root = family.stored
        stored = root + name.removeprefix(family.defined[1])
        self.reference: Reference = (module, stored, compiled.fingerprint)  # what bytes say of it
        self.captured = {name: place for place, name in enumerate(compiled.captured)}
        self.foreign = compiled.foreign
        self.keeps_first = compiled.keeps_first
        self.sites = {point.number: Site(self, point) for point in compiled.points}
        self._make_twin = compiled.twin
        _PLAIN[id(self.plain)] = self
        _BY_CODE[id(self.plain)] = _places(self.plain, self.sites)
        _BY_REFERENCE[self.reference] = self

    @functools.cached_property
    def twin(self) -> types.CodeType:
        """The version that can be entered at a point; made when it is first needed."""
        twin = self._make_twin()
        _BY_CODE[id(twin)] = _places(twin, self.sites)
        return twin


# offset of an instruction -> the site where it is, or the sites among which the frame notes one
Places = dict[int, Site | tuple[Site, ...]]
_MODULES: set[str] = set()
_BY_CODE: dict[int, Places] = {}
_BY_REFERENCE: dict[Reference, Code] = {}
_PLAIN: dict[int, Code] = {}


@overload
def flow(function: F, /) -> F: ...


@overload
def flow(
    *, name: str | None = None, aliases: Iterable[str] = (), migrate: Migrate | None = None
) -> Callable[[F], F]: ...


def flow(
    function: F | None = None,
    /,
    *,
    name: str | None = None,
    aliases: Iterable[str] = (),
    migrate: Migrate | None = None,
) -> F | Callable[[F], F]:
    """Compile a function into one that may suspend.

    The function stays the same object: name, signature, defaults, closure and documentation are the user's;
    only its code is exchanged. (Of a generator, which becomes a flow generator, another function is made.)
    Functions and lambdas written inside it become flows too. Raises ``CompileError`` where something in it
    cannot be suspended. After Pettyjohn et al., "Continuations from generalized stack inspection", ICFP 2005.

        @flow
        def address(kind):
            while True:
                form = ask("address.html", kind=kind)
                if form["zip"].isdigit():
                    return form["street"], form["zip"]

    Arguments:
        name: that it is stored under, instead of its module and qualified name (``"shop.orders.order"``).
            With the name that it had by itself, a function can move to another module, or be renamed, and its
            pages go on.
        aliases: names that it was stored under before.
        migrate: decides how a page of an earlier version goes on. It is called with an ``EarlierFrame``, and
            returns the names to go on with, or ``frame.go_on(names, at=...)``; ``frame.refuse(reason)`` ends
            the page; None leaves it to contweb.
    """
    given = _Given(name, tuple(aliases), migrate)
    if function is None:
        return lambda function: _flow(function, given)
    return _flow(function, given)


@dataclass(frozen=True)
class _Given:
    """What ``@flow(...)`` was given."""

    name: str | None
    aliases: tuple[str, ...]
    migrate: Migrate | None


def _flow(function: F, given: _Given) -> F:
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"@flow takes a function, not {type(function).__name__}: put it next to the `def`")
    if places_of(function.__code__) is not None:
        return function
    code = _compiled(function, given)
    if inspect.isgeneratorfunction(function):
        return _another(function, code)  # type: ignore[return-value]
    function.__code__ = code
    return function


_KEPT = ["__kwdefaults__", "__annotations__", "__doc__", "__module__", "__qualname__"]
_KEPT += ["__type_params__"] if hasattr(types.FunctionType, "__type_params__") else []


def _another(function: types.FunctionType, code: types.CodeType) -> types.FunctionType:
    """The function with other code: Python does not let a generator become an ordinary function."""
    made = types.FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    for name in _KEPT:
        setattr(made, name, getattr(function, name))
    made.__dict__.update(function.__dict__)
    return made


def _compiled(function: types.FunctionType, given: _Given) -> types.CodeType:
    original = function.__code__
    known = _COMPILED.get(id(original))
    if known is None:
        compiled = compile_flow(function, SUPPORT, functools.partial(_suspends, function))
        names = _names(compiled)
        family = _family((function.__globals__.get("__name__", ""), names[0]), compiled[0], given)
        for part, name in zip(compiled, names, strict=True):
            code = Code(part, function, name, family)
            family.codes.append(code)
            _MODULES.add(code.module)
        known = _COMPILED[id(original)] = (original, compiled[0].code)
    return known[1]


def _family(defined: Name, compiled: Compiled, given: _Given) -> Family:
    stored = defined if given.name is None else named(given.name)
    aliases = tuple(named(alias) for alias in given.aliases)
    family = Family(defined, stored, aliases, compiled.fingerprint, compiled.written, given.migrate)
    families.add(family)
    return family


_COMPILED: dict[int, tuple[types.CodeType, types.CodeType]] = {}  # a function that is made anew each time


def _names(compiled: list[Compiled]) -> list[str]:
    """Qualified names; all stand inside the flow, and a second function of one name gets a number."""
    seen: dict[str, int] = {}
    root = compiled[0].code.co_qualname
    result = [root]
    for part in compiled[1:]:
        name = part.code.co_qualname
        if not name.startswith(f"{root}.<locals>."):
            name = f"{root}.<locals>.{name}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result


def _suspends(function: types.FunctionType, name: str) -> bool:
    found = function.__globals__.get(name)
    code = getattr(found, "__code__", None)
    return code is not None and (id(code) in _PRIMITIVES or places_of(code) is not None)


_PRIMITIVES: set[int] = set()


def primitive(function: F) -> F:
    """Mark a function that suspends its caller."""
    _PRIMITIVES.add(id(function.__code__))
    return function


def places_of(code: types.CodeType) -> Places | None:
    """At which sites the instructions of running code are; None if it is not a flow's."""
    return _BY_CODE.get(id(code))


def site_of(frame: types.FrameType, names: dict[str, Any]) -> Site | None:
    """The site at which a running frame is, if it is a flow's and at one."""
    places = _BY_CODE.get(id(frame.f_code))
    at = None if places is None else places.get(frame.f_lasti)
    if isinstance(at, tuple):
        return next(site for site in at if site.number == names[POSITION])
    return at


def code_of(code: types.CodeType) -> Code | None:
    """What is known of the plain version of a function."""
    return _PLAIN.get(id(code))


def flow_modules() -> set[str]:
    """The names of the modules that define a flow."""
    return _MODULES


def forget_module(module: str) -> None:
    """Before a module is loaded anew: what is stored leads to what it then defines. What runs, goes on."""
    families.forget_module(module)
    for reference, code in list(_BY_REFERENCE.items()):
        if code.module == module:
            del _BY_REFERENCE[reference]


def known(reference: Reference) -> Code | None:
    """The code of a stored frame, if it is there as it was."""
    return _BY_REFERENCE.get(reference)


def find(reference: Reference) -> Code:
    """The code of a stored frame. ``ChangedCodeError`` if it is not there, or is not the same any more."""
    code = known(reference)
    if code is None:
        code = families.found_again(reference)
    if code is not None:
        return code
    if reference[0] not in sys.modules and not families.families_of(reference):
        raise ChangedCodeError(function=dotted(reference[:2]), reason="its module is not loaded")
    families.the_family_of(reference)
    raise ChangedCodeError(function=dotted(reference[:2]), reason="its source has changed")


def _places(code: types.CodeType, sites: dict[int, Site]) -> Places:
    """At which site, or sites, an instruction is. Its caches belong to it."""
    ends: dict[Any, list[Site]] = {}
    heads: dict[Any, list[Site]] = {}
    for site in sites.values():
        for head in site.point.heads:
            heads[head] = [site]
        if not site.point.heads:
            ends.setdefault(site.point.end, []).append(site)
    places: Places = {}
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
