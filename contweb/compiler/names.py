"""The names that compiled code uses and no program can write: each contains an ``@``.

@t3     a value that Python would keep on its stack
@i1     the iterator of a ``for`` loop            (control state: copied at a capture)
@o1     the container whose method is going to be called
@a1     what a comprehension has gathered so far  (control state: copied at a capture)
@x1     the exception that a handler handles
@w1     why a ``finally`` was entered             @v1   the value that is being returned through it
@m1     the manager of a ``with``                 @h1   whether its block is being left by an exception
@y1     what a ``yield from`` delegates to, and what goes in and out of it
@c1:x   the variable ``x`` of a comprehension
@k1     how an exception was before it is raised again; used up at once, never saved
@f      the callee of the call being made, where no other name holds it
@p      the number of the point, where several points end at one place
@cells  the cells of the function's closure variables
@def:x  where the function or class ``x`` stands until it is decorated; see ``qualified``
"""

from __future__ import annotations

import re
import sys
from typing import Any

# A constant in the tree, which no source has; ``emit`` puts the run-time support in its place.
RUNTIME: Any = frozenset({frozenset({"@contweb"})})
CALLEE = "@f"
CELLS = "@cells"
POSITION = "@p"

# Parameters and variables of a twin.
RESUME_AT = "@r"
STATE = "@s"
VALUE = "@value"
THROWN = "@thrown"
KEPT = "@kept"

REASON_RAISED = 0
REASON_NORMAL = 1
REASON_RETURN = 2
REASON_BREAK = 3
REASON_CONTINUE = 4

_DEFINED = re.compile(r"@(def|global|body):((?:<\w+>\.)*)(.+)", re.DOTALL)
_TYPE_PARAMETERS = re.compile(r"(<generic parameters of )(.+)>")  # the scope that they are in
_IN_TYPE_PARAMETERS = re.compile(rf"(\.<locals>)?\.{_TYPE_PARAMETERS.pattern}$")
IS_A_SCOPE = sys.version_info < (3, 12)  # a comprehension


def is_hidden(name: str) -> bool:
    """Whether contweb made the name."""
    return "@" in name


def is_iterator(name: str) -> bool:
    return name.startswith("@i")


def is_gathering(name: str) -> bool:
    return name.startswith("@a")


def is_value(name: str) -> bool:
    """Whether it is bound once, and is neither copied at a capture nor known to the program."""
    return name.startswith(("@t", "@c"))


def is_manager(name: str) -> bool:
    """Whether it is the manager of a ``with``."""
    return name.startswith("@m")


def left_name(manager: str) -> str:
    """The name that says whether the ``with`` of a manager is being left by an exception."""
    return "@h" + manager[2:]


def is_passing(name: str) -> bool:
    """Whether a hidden name is used up before any point is reached."""
    return name in (CALLEE, CELLS, POSITION) or name.startswith("@k")


def defined(name: str, inside: str = "") -> str:
    """Where a function or class stands until it is decorated. ``inside`` are the comprehensions around it."""
    return f"@def:{inside}{name}"


def defined_global(name: str) -> str:
    """The same, of one whose name is declared ``global``."""
    return f"@global:{name}"


def body_of(name: str) -> str:
    """The function that is the body of a generator."""
    return f"@body:{own_name(name)}"


def own_name(name: str) -> str:
    """The name that the program gave to what stands under a hidden one."""
    found = _DEFINED.fullmatch(name)
    if found:
        return found[3]
    parameters = _TYPE_PARAMETERS.fullmatch(name)
    return f"{parameters[1]}{own_name(parameters[2])}>" if parameters else name


def qualified(inner: str, outer: str, around: str) -> str:
    """The qualified name that Python gives to what is written there.

    Arguments:
        inner: the one that it has as it is compiled.
        outer: the one of the function or class around it, as that is compiled.
        around: the one of the function or class around it, as Python has it.

    A scope of type parameters leaves no trace in the names of what is in it.
    """
    outer, around = _IN_TYPE_PARAMETERS.sub("", outer), _IN_TYPE_PARAMETERS.sub("", around)
    if not inner.startswith(f"{outer}."):
        return inner  # declared ``global``
    rest = inner.removeprefix(outer)
    link = ".<locals>." if rest.startswith(".<locals>.") else "."
    found = _DEFINED.fullmatch(rest.removeprefix(link))
    kind, comprehensions, own = found.groups() if found else ("", "", rest.removeprefix(link))
    if kind == "global":
        return own
    if kind == "body" or (kind == "def" and own.endswith("comp>") and not IS_A_SCOPE):
        return around
    if around.endswith("comp>"):
        link = "."
    return around + link + (comprehensions if IS_A_SCOPE else "") + own


def unit_mark(number: int) -> str:
    """Stands before the docstring of a function inside a flow, until its code is known again by it."""
    return f"@u{number}:"


class Fresh:
    """Makes hidden names, in the order of the source, so that the same source always gets the same names.

    A pass that makes a function gives its names a ``suffix``: the function's own passes will count from one
    again.
    """

    def __init__(self, suffix: str = "") -> None:
        self._suffix = suffix
        self._counts: dict[str, int] = {}

    def __call__(self, kind: str) -> str:
        number = self._counts.get(kind, 0) + 1
        self._counts[kind] = number
        return f"@{kind}{number}{self._suffix}"
