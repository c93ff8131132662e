"""Which local variables only ever hold a container that the function has made itself, of one type.

    found = []
    for x in xs:
        found.append(f(x))            the ``append`` of a list: no program can put another in its place

A fact pass: it changes nothing.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import TypeGuard

from contweb.compiler.scopes import Scope, bound_by

_DISPLAYS: dict[type, str] = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.JoinedStr: "str",
}
_MAKERS = {"list": "list", "sorted": "list", "dict": "dict", "set": "set"}
_NAMES = {  # of the methods that every version of Python has
    "list": "append count extend index insert pop remove sort",
    "dict": "fromkeys get pop setdefault update",
    "set": """add difference difference_update discard intersection intersection_update isdisjoint issubset
        issuperset remove symmetric_difference symmetric_difference_update union update""",
    "str": "count endswith find format index join replace split startswith strip",
}
_METHODS = {kind: frozenset(names.split()) for kind, names in _NAMES.items()}


def exact(function: ast.FunctionDef, scope: Scope, is_builtin: Callable[[str], bool]) -> dict[str, str]:
    """The types of such variables."""
    made: dict[str, list[str]] = defaultdict(list)
    bound: Counter[str] = Counter()
    for node in ast.walk(function):  # with the functions inside: at worst less is known
        if isinstance(node, ast.Name):
            bound[node.id] += not isinstance(node.ctx, ast.Load)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target, kind in _made(node, is_builtin):
                made[target].append(kind)
        else:
            bound.update(bound_by(node))
    return {
        variable: kinds[0]
        for variable, kinds in made.items()
        if len(set(kinds)) == 1
        and len(kinds) == bound[variable]
        and scope.is_plain(variable)
        and variable not in scope.parameters
    }


def is_exact_method(node: ast.expr, known: dict[str, str]) -> TypeGuard[ast.Attribute]:
    """Whether it is a method of a container whose type is known: ``found.append``, ``", ".join``."""
    if not isinstance(node, ast.Attribute):
        return False
    receiver = node.value
    kind = known.get(receiver.id) if isinstance(receiver, ast.Name) else _kind(receiver)
    return kind is not None and node.attr in _METHODS[kind]


def _kind(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant):
        return "str" if isinstance(node.value, str) else None
    return _DISPLAYS.get(type(node))


def _made(node: ast.Assign | ast.AnnAssign, is_builtin: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """The variables that an assignment binds to a new container, and its type."""
    kind = _kind(node.value)
    if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        maker = node.value.func.id
        kind = _MAKERS.get(maker) if is_builtin(maker) else None
    if kind is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield target.id, kind
