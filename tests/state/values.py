"""Every kind of value that a continuation carries, each with a look at it: what must be the same afterwards.

A value is made by a function, since many of them (iterators) are used up by looking. Looks are plain data
that print the same in every process.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import ipaddress
import itertools
import operator
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any, NamedTuple

import pydantic
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from contweb import flow, suspend


@flow
def carry(value):
    """Wait while the value is a local, then give it back."""
    suspend("carrying")
    return value


class Color(enum.Enum):
    RED = "r"
    GREEN = "g"


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Line:
    sku: str
    count: int = 1
    extra: list[Any] = dataclasses.field(default_factory=list)

    def total(self, price: int) -> int:
        return self.count * price

    @classmethod
    def named(cls, sku: str) -> Line:
        return cls(sku)

    @staticmethod
    def twice(number: int) -> int:
        return number * 2

    def __call__(self) -> str:
        return self.sku


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    x: int
    y: int


class Pair(NamedTuple):
    left: Any
    right: Any


Point = collections.namedtuple("Point", "x y")


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self) -> None:
        self.a = 1


class Stateful:
    def __init__(self) -> None:
        self.kept, self.dropped = 1, object()

    def __getstate__(self) -> dict[str, Any]:
        return {"kept": self.kept}


class Words(list):
    """A list of one's own."""


class Defaults(dict):
    def __missing__(self, key: str) -> str:
        return key.upper()


class Outer:
    class Inner:
        def __init__(self) -> None:
            self.inside = "inside"


class Order(pydantic.BaseModel):
    name: str
    counts: list[int] = []
    when: datetime.date | None = None


class Failed(Exception):
    """Its arguments are not what it is made with."""

    def __init__(self, code: int, *, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


class Refused(ValueError):
    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code

    def __reduce__(self) -> Any:
        return Refused, (self.code, self.args[0])


def double(number: int) -> int:
    return 2 * number


def after(iterator: Any, turns: int) -> Any:
    """The iterator after some turns."""
    for _ in range(turns):
        next(iterator)
    return iterator


def failed() -> BaseException:
    """An exception that was raised, with a cause, a context and notes."""
    try:
        try:
            [][1]
        except IndexError as low:
            try:
                raise KeyError("middle") from low
            except KeyError:
                raise Refused(7, "high") from decimal.InvalidOperation("cause")
    except Refused as error:
        error.add_note("a note")
        return error


def chained(error: BaseException | None) -> Any:
    """An exception as data."""
    if error is None:
        return None
    own = sorted((name, repr(value)) for name, value in vars(error).items())
    parts = [chained(part) for part in error.exceptions] if isinstance(error, BaseExceptionGroup) else []
    chain = (chained(error.__cause__), chained(error.__context__), error.__suppress_context__)
    return (type(error).__qualname__, error.args if not parts else error.args[0], own, chain, parts)


@flow
def closure():
    """Two functions that share a variable, and one that calls itself."""
    count = 0

    def more(by=1, *, twice=False):
        nonlocal count
        count += by * (2 if twice else 1)
        return count

    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)

    more(5)
    return more, (lambda: count), deep


def look_at_closure(functions: Any) -> Any:
    more, read, deep = functions
    return more(), read(), more(2, twice=True), read(), deep(3), more.__name__, more.__kwdefaults__


Value = tuple[Callable[[], Any], Callable[[Any], Any]]


def typed(value: Any) -> Any:
    return type(value).__qualname__, repr(value)


PLAIN: dict[str, Any] = {
    "none": None,
    "booleans": (True, False),
    "integers": [0, -1, 1 << 200],
    "floats": [0.1, float("inf"), -0.0, float("nan")],
    "complex": 1 + 2j,
    "text": "ä\ud800\0" + "x" * 300,
    "bytes": b"\0\xff",
    "bytearray": bytearray(b"ab"),
    "ellipsis": ...,
    "not implemented": NotImplemented,
    "slice": slice(1, None, 2),
    "range": range(1, 10, 3),
    "nested": {"a": [1, (2, {3}), frozenset({4})], None: {"b": []}},
    "deque": collections.deque([1, 2], maxlen=3),
    "counter": collections.Counter("aab"),
    "ordered dictionary": collections.OrderedDict(a=1),
    "default dictionary": collections.defaultdict(list, a=[1]),
    "own list": Words(["a"]),
    "own dictionary": Defaults(a="b"),
    "enum": [Color.RED, Access.READ | Access.WRITE, Level.LOW],
    "dataclass": Line("A", 2, [Line("B")]),
    "frozen dataclass with slots": Place(1, 2),
    "named tuples": (Pair(1, Pair(2, 3)), Point(1, 2)),
    "date": datetime.date(2024, 2, 29),
    "datetime": datetime.datetime(2024, 1, 2, 3, 4, 5, 6),
    "datetime with a zone": datetime.datetime(2024, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    "datetime with an offset": datetime.datetime(
        2024, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
    ),
    "datetime in UTC": datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC),
    "time": datetime.time(1, 2, fold=1),
    "timedelta": datetime.timedelta(days=-1, microseconds=1),
    "decimal": [decimal.Decimal("1.10"), decimal.Decimal("NaN")],
    "fraction": fractions.Fraction(1, 3),
    "uuid": uuid.UUID(int=7),
    "paths": [pathlib.Path("a/b"), pathlib.PurePosixPath("/c"), pathlib.PureWindowsPath("c:/d")],
    "pattern": re.compile(r"(?P<a>\d)+", re.IGNORECASE),
    "addresses": [ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8")],
    "markup": Markup("<b>"),
    "multidict": MultiDict([("a", "1"), ("a", "2"), ("b", "3")]),
    "immutable multidict": ImmutableMultiDict([("a", "1"), ("a", "2")]),
    "model": Order(name="n", counts=[1], when=datetime.date(2024, 1, 2)),
    "namespace": types.SimpleNamespace(a=[1]),
    "classes": [int, Line, Outer.Inner, ValueError, type(None)],
    "class of a class": type,
    "builtins": [len, sorted, print],
    "null context": vars(contextlib.nullcontext(3)),
}

VALUES: dict[str, Value] = {name: (lambda value=value: value, typed) for name, value in PLAIN.items()}
VALUES |= {
    "object": (object, lambda value: type(value).__name__),
    "object with slots": (Slotted, lambda value: (value.a, hasattr(value, "b"))),
    "object with a state of its own": (Stateful, lambda value: value.kept),
    "object of a class in a class": (Outer.Inner, vars),
    "memory of a set": (lambda: {"a", "b"}, sorted),
    # Iterators, in the middle.
    "list iterator": (lambda: after(iter([1, 2, 3]), 1), list),
    "exhausted list iterator": (lambda: after(iter([1]), 1), list),
    "tuple iterator": (lambda: after(iter((1, 2, 3)), 1), list),
    "text iterator": (lambda: after(iter("abc"), 1), list),
    "bytes iterator": (lambda: after(iter(b"abc"), 1), list),
    "range iterator": (lambda: after(iter(range(5)), 2), list),
    "long range iterator": (lambda: after(iter(range(1 << 70, (1 << 70) + 3)), 1), list),
    "dictionary iterator": (lambda: after(iter({1: 2, 3: 4, 5: 6}), 1), list),
    "exhausted dictionary iterator": (lambda: after(iter({1: 2}), 1), list),
    "values iterator": (lambda: after(iter({1: 2, 3: 4}.values()), 1), list),
    "items iterator": (lambda: after(iter({1: 2, 3: 4}.items()), 1), list),
    "set iterator": (lambda: after(iter({1, 2, 3}), 1), list),
    "frozen set iterator": (lambda: after(iter(frozenset({1, 2})), 0), list),
    "deque iterator": (lambda: after(iter(collections.deque([1, 2, 3])), 1), list),
    "reversed list": (lambda: after(reversed([1, 2, 3]), 1), list),
    "reversed tuple": (lambda: after(reversed((1, 2, 3)), 1), list),
    "reversed range": (lambda: after(reversed(range(3)), 1), list),
    "reversed dictionary": (lambda: after(reversed({1: 2, 3: 4}), 1), list),
    "reversed values": (lambda: after(reversed({1: 2, 3: 4}.values()), 1), list),
    "reversed items": (lambda: after(reversed({1: 2, 3: 4}.items()), 1), list),
    "enumerate": (lambda: after(enumerate(["a", "b"], 5), 1), list),
    "zip": (lambda: after(zip([1, 2, 3], "abc", strict=True), 1), list),
    "map of a type": (lambda: after(map(str, [1, 2, 3]), 1), list),
    "map of a function": (lambda: after(map(double, [1, 2, 3]), 1), list),
    "map of a method": (lambda: after(map(str.upper, "abc"), 1), list),
    "filter": (lambda: after(filter(None, [1, 0, 2]), 1), list),
    "iterator of calls": (lambda: iter([3, 2, 0].pop, 3), list),
    "chain": (lambda: after(itertools.chain([1], [2, 3]), 1), list),
    "count": (lambda: after(itertools.count(5, 2), 1), lambda value: list(itertools.islice(value, 3))),
    "cycle": (lambda: after(itertools.cycle([1, 2]), 3), lambda value: list(itertools.islice(value, 3))),
    "islice": (lambda: after(itertools.islice([1, 2, 3, 4], 3), 1), list),
    "product": (lambda: after(itertools.product([1, 2], "ab"), 1), list),
    # Dictionary views.
    "keys": (lambda: {1: 2, 3: 4}.keys(), list),
    "values": (lambda: {1: 2, 3: 4}.values(), list),
    "items": (lambda: {1: 2, 3: 4}.items(), list),
    # Exceptions.
    "exception": (lambda: ValueError("a", 1), chained),
    "exception that was raised": (failed, chained),
    "exception with arguments of its own": (lambda: Failed(3, why="w"), chained),
    "group": (lambda: ExceptionGroup("g", [ValueError(1), failed()]), chained),
    "operating system's error": (
        lambda: FileNotFoundError(2, "no", "f"),
        lambda value: (value.args, value.filename),
    ),
    "exit": (lambda: SystemExit(3), lambda value: value.code),
    "stop": (lambda: StopIteration(3), lambda value: value.value),
    # Functions and methods.
    "function": (lambda: double, lambda value: value(4)),
    "method": (lambda: Line("A", 3).total, lambda value: (value(5), value.__self__)),
    "class method": (lambda: Line.named, lambda value: value("C")),
    "static method": (lambda: Line.twice, lambda value: value(4)),
    "method of a builtin object": (lambda: [1].append, lambda value: (value(2), value.__self__)),
    "method of an exception": (lambda: ValueError().add_note, lambda value: value("n")),
    "method of a type": (lambda: str.upper, lambda value: value("a")),
    "partial": (lambda: functools.partial(double, 4), lambda value: value()),
    "item getter": (lambda: operator.itemgetter(1), lambda value: value("ab")),
    "closures": (closure, look_at_closure),
    "callable object": (lambda: Line("A"), lambda value: value()),
}
