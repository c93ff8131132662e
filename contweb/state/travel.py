"""What may travel besides the values that are stored as they are.

By its name, by two functions of the user's, or because it was registered. Each table belongs to the process;
the resources of an app are its own, so that two apps may use one name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from contweb.errors import NotThereError

Thing = TypeVar("Thing")
Class = TypeVar("Class", bound=type)
_PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)
_ABSENT: Any = object()


class NotAllowed(Exception):
    """Something that may not be stored, with the reason and a way out."""

    def __init__(self, value: Any, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.value = value
        self.reason = reason
        self.instead = instead


class Resources:
    """Process-wide things by their names."""

    def __init__(self) -> None:
        self._by_name: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def add(self, name: str, thing: Any) -> None:
        """Name a thing. ``ValueError`` if another one has the name; ``TypeError`` for a plain value."""
        if type(thing) in _PLAIN:
            raise TypeError(
                f"resource({name!r}, ...): a {type(thing).__name__} is stored as it is, and needs no name"
            )
        if self._by_name.setdefault(name, thing) is not thing:
            raise ValueError(f"there is another resource named {name!r}; choose a second name")
        self._names[id(thing)] = name

    def name_of(self, thing: Any) -> str | None:
        """The name of a thing, if it has one."""
        return self._names.get(id(thing))

    def get(self, name: str) -> Any:
        """The thing of a name, or ``MISSING``."""
        return self._by_name.get(name, MISSING)


MISSING: Any = object()
RESOURCES = Resources()  # of no app


def resource(name: str, thing: Thing) -> Thing:
    """Let a thing that each process has once (an engine, a client, a logger) travel by its name.

    A flow may keep it in a local name: the page holds no more than the name, and finds what has the name in
    the process that goes on. ``app.resource`` does the same for one app. Raises ``ValueError`` if another
    thing has the name.

    Example:
        ``engine = resource("engine", create_engine(URL))``
    """
    RESOURCES.add(name, thing)
    return thing


def register(thing: Thing, *more: Any) -> Thing:
    """Let classes and functions of other packages travel, as those of the app do.

    What a class says of itself to ``pickle`` is what is stored. Register only what may be made, or called,
    with values of anybody who has your keys. Raises ``TypeError`` for what is not found under its own name in
    its module.

    Example:
        ``register(shapely.Point, shapely.from_wkb)``
    """
    for each in (thing, *more):
        module, name = getattr(each, "__module__", None), getattr(each, "__qualname__", None)
        if not isinstance(module, str) or not isinstance(name, str) or _found(module, name) is not each:
            raise TypeError(
                f"register({each!r}): only classes and functions at the top of a module can be registered; "
                "another object can be named, by resource(name, object)"
            )
        _REGISTERED[module, name] = each
    return thing


def _found(module: str, name: str) -> Any:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


_REGISTERED: dict[tuple[str, str], Any] = {}


def registered(module: str, name: str) -> Any:
    """What was registered under that name, or None."""
    return _REGISTERED.get((module, name))


@dataclass(frozen=True, slots=True)
class Way:
    """How objects of a class are stored: ``dump`` makes what is stored of one, ``load`` an object of that."""

    kind: type
    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]


@overload
def storable(kind: Class, /) -> Class: ...


@overload
def storable(
    kind: Class, /, dump: Callable[[Any], Any], load: Callable[[Any], Any], *, subclasses: bool = False
) -> Class: ...


@overload
def storable(
    *, dump: Callable[[Any], Any], load: Callable[[Any], Any], subclasses: bool = False
) -> Callable[[Class], Class]: ...


def storable(
    kind: Any = None,
    /,
    dump: Callable[[Any], Any] | None = None,
    load: Callable[[Any], Any] | None = None,
    *,
    subclasses: bool = False,
) -> Any:
    """Say how objects of a class are stored: one function makes a storable value of one, another an object
    again.

    As a decorator, ``@storable`` takes the class's own methods ``__dump__`` and, as a classmethod,
    ``__load__``. The object must not be in what is made of it.

    Arguments:
        kind: the class, defined at the top of a module.
        dump: called with an object; gives what is stored in its place.
        load: called with that; gives the object. What it raises is raised by the step that needs the object.
        subclasses: whether objects of subclasses are stored so, too; ``load`` then has to know which it was.

    Example:
        ``storable(Money, lambda money: money.cents, Money.from_cents)``
    """
    if kind is None:
        return lambda decorated: storable(decorated, dump, load, subclasses=subclasses)  # type: ignore[arg-type]
    if dump is None and load is None:
        dump, load = getattr(kind, "__dump__", None), getattr(kind, "__load__", None)
    if not (isinstance(kind, type) and callable(dump) and callable(load)):
        raise TypeError(
            "storable takes a class and two functions: storable(Money, dump, load), or @storable on a class "
            "with a method __dump__ and a classmethod __load__"
        )
    way = Way(kind, dump, load)
    _WAYS[kind] = way
    if subclasses:
        _FAMILIES[kind] = way
    _BY_NAME[kind.__module__, kind.__qualname__] = way
    return kind


_WAYS: dict[type, Way] = {}
_FAMILIES: dict[type, Way] = {}
_BY_NAME: dict[tuple[str, str], Way] = {}


def way_of(kind: type) -> Way | None:
    """How objects of a class are stored, if the user says how."""
    found = _WAYS.get(kind)
    if found is None and _FAMILIES:
        found = next((_FAMILIES[base] for base in kind.__mro__ if base in _FAMILIES), None)
    return found


class LoadFailed(BaseException):
    """What a ``load`` of the user's has raised; carries it past the unpickler."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def loaded(module: str, name: str, value: Any) -> Any:
    """An object again, by the way of its class. ``NotThereError`` if no class has one under that name."""
    way = _BY_NAME.get((module, name))
    if way is None:
        raise NotThereError(f"nothing says how {module}.{name} is loaded: storable(...) is not called for it")
    try:
        return way.load(value)
    except Exception as error:
        raise LoadFailed(error) from error
