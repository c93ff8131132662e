"""What may be stored, and constructed again: a whitelist, asked both when bytes are written and read.

Allowed are the value types of the standard library that are listed here, what contweb itself needs, and the
classes and functions that are defined in a module with a flow in it, or in one of the app's packages, and
those that were registered. Defined there: a name that such a module has only imported (``from os import
system``) is not its own.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from contweb.errors import ForbiddenError, NotThereError
from contweb.runtime.registry import flow_modules
from contweb.state import travel, variables
from contweb.state.plans import Plans

_OPERATORS = """add and_ concat contains eq floordiv ge gt itemgetter le lt mod mul ne neg not_ or_ pow
sub truediv
    xor"""
_STANDARD = {
    "builtins": """abs all any ascii bin callable chr divmod format hash hex id isinstance issubclass len
        max min next
        oct ord pow print repr round sorted sum bool bytearray bytes complex dict enumerate filter
        float frozenset int iter list map object range reversed set slice str tuple type zip
        NotImplemented Ellipsis""",
    "_collections": "_deque_iterator _deque_reverse_iterator",
    "collections": "Counter OrderedDict defaultdict deque",
    "contextlib": "closing nullcontext suppress",
    "copyreg": "_reconstructor",
    "datetime": "date datetime time timedelta timezone",
    "decimal": """Context Decimal Clamped ConversionSyntax DecimalException DivisionByZero DivisionImpossible
        DivisionUndefined FloatOperation Inexact InvalidContext InvalidOperation Overflow Rounded
        Subnormal Underflow""",
    "fractions": "Fraction",
    "functools": "partial reduce update_wrapper",
    "ipaddress": "IPv4Address IPv4Network IPv4Interface IPv6Address IPv6Network IPv6Interface",
    "itertools": """accumulate chain combinations combinations_with_replacement compress count cycle dropwhile
        filterfalse islice pairwise permutations product repeat starmap takewhile zip_longest""",
    "json.decoder": "JSONDecodeError",
    "math": """acos asin atan atan2 ceil comb copysign cos degrees dist exp factorial fabs floor fmod fsum gcd
        hypot isclose isfinite isinf isnan isqrt lcm log log10 log2 modf perm pow prod radians sin
        sqrt tan trunc""",
    "operator": _OPERATORS,
    "_operator": _OPERATORS,
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
    "re": "_compile",
    "types": "SimpleNamespace",
    "uuid": "UUID SafeUUID",
    "zoneinfo": "ZoneInfo",
    "werkzeug.datastructures.structures": """MultiDict ImmutableMultiDict OrderedMultiDict
        ImmutableOrderedMultiDict CombinedMultiDict
        ImmutableDict ImmutableList TypeConversionDict ImmutableTypeConversionDict""",
    "markupsafe": "Markup",
    "contweb.runtime.signals": "UNBOUND",
    "contweb.state.imported": "Imported",
    "contweb.runtime.callee": "Making",
    "contweb.runtime.generators": "FlowGenerator",
}
_NAMES = {module: frozenset(names.split()) for module, names in _STANDARD.items()}
_OURS = "contweb.state.revive"


class Policy:
    """What may travel. ``packages`` are the names of packages and modules of the app, all of whose own
    classes and functions may; ``resources`` are the app's, which travel by name."""

    def __init__(self, packages: Iterable[str] = (), resources: Iterable[travel.Resources] = ()) -> None:
        self._packages = frozenset(packages)
        self._resources = (*resources, travel.RESOURCES)
        self.plans: Plans | None = None  # for what earlier versions of the code have written

    def name_of(self, thing: Any) -> str | None:
        """The name by which a thing travels, if it has one."""
        for table in self._resources:
            name = table.name_of(thing)
            if name is not None:
                return self._unique(name, thing)
        return None

    def _unique(self, name: str, thing: Any) -> str:
        if self.resource(name) is not thing:
            raise travel.NotAllowed(
                thing, f"there are two resources named {name!r}", "give one of them another name"
            )
        return name

    def resource(self, name: str) -> Any:
        """The thing of that name. ``NotThereError`` if there is none."""
        for table in self._resources:
            found = table.get(name)
            if found is not travel.MISSING:
                return found
        raise NotThereError(f"there is no resource named {name!r} here: see resource(name, object)")

    def allows(self, module: str, name: str, found: Any) -> bool:
        """Whether an object may be stored under its module and qualified name."""
        if module == _OURS:
            return not name.startswith("_") and _is_defined_there(module, name, found)
        if name in _NAMES.get(_home(module, name), ()) or travel.registered(module, name) is found:
            return True
        if module == "builtins":
            return isinstance(found, type) and issubclass(found, BaseException)
        return self._is_apps(module) and _is_defined_there(module, name, found)

    def _is_apps(self, module: str) -> bool:
        if module in flow_modules() or module in self._packages:
            return True
        parts = module.split(".")
        return any(".".join(parts[:length]) in self._packages for length in range(1, len(parts)))

    def place_of(self, variable: ContextVar[Any]) -> tuple[str, str]:
        """The module and the name by which a context variable travels. ``NotAllowed``."""
        return variables.place_of(variable, self._is_apps)

    def find(self, module: str, name: str) -> Any:
        """The object of that name. ``ForbiddenError`` if it may not be constructed."""
        found = travel.registered(module, name)
        if found is None:
            found = _look_up(_home(module, name), name)
        if found is _ABSENT or not self.allows(module, name, found):
            raise ForbiddenError(f"the bytes name {module}.{name}, which may not be constructed")
        return found

    def stored(self, module: str, name: str, value: Any) -> Any:
        """An object of a class for which the user says how it is loaded."""
        if self._is_apps(module):
            load(module)
        return travel.loaded(module, name, value)

    def module(self, name: str, named: bool) -> Any:
        """A module by its name: one that is loaded, that the flow's own source names, or that is of the
        app."""
        if name in sys.modules or named or self._is_apps(name):
            return importlib.import_module(name)
        raise ForbiddenError(f"the bytes name the module {name}, which is not loaded")


def _home(module: str, name: str) -> str:
    """The module that every version of Python has it in."""
    if module == "pathlib._local":
        return "pathlib"
    return "_collections" if name.startswith("_deque_") else module


_ABSENT: Any = object()


def _look_up(module: str, name: str) -> Any:
    """Through classes only: a path through any other object could lead anywhere."""
    loaded = load(module)
    first, *rest = name.split(".")
    found = vars(loaded).get(first, _ABSENT) if loaded is not None else _ABSENT
    for part in rest:
        found = vars(found).get(part, _ABSENT) if isinstance(found, type) else _ABSENT
    return found.__func__ if isinstance(found, staticmethod) else found


def load(module: str) -> Any:
    """A module by its name, or None. In a fresh process that of a flow may not be imported yet; a module
    of the standard library that is not in the table is not imported for a record's sake."""
    loaded = sys.modules.get(module)
    if loaded is None and (module in _NAMES or module.split(".")[0] not in sys.stdlib_module_names):
        with contextlib.suppress(ImportError):
            loaded = importlib.import_module(module)
    return loaded


def _is_defined_there(module: str, name: str, found: Any) -> bool:
    if not isinstance(found, type | types.FunctionType) or "<locals>" in name:
        return False
    return found.__module__ == module and found.__qualname__ == name
