"""Places: where in the source something stands, so that it can be found again in a tree of the same source.

A fact pass over the original tree, before any other changes it: each node gets ``place``, the number of the
nearest thing around it that counts (a statement, a handler, a case, a comprehension, a call, a lambda ...),
counted in the order of the source. What the passes make stands at the place of what it is made from
(``quote.placed``), and so the points of the lowered tree, and the hidden names in it, can be told by where
they come from: on any Python, whatever the passes call them. Which operands get a name depends on more than
their statement, so that an expression also has its ``part``: which of those at its place it is.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from contweb.compiler.names import is_hidden
from contweb.compiler.points import Point, own_nodes

Origin = tuple[int, str, int, int]  # place, kind, part, and which of those of this kind there

COUNTED = (
    ast.stmt,
    ast.ExceptHandler,
    ast.match_case,
    ast.withitem,
    ast.comprehension,
    ast.Call,
    ast.Lambda,
    ast.Yield,
    ast.YieldFrom,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_OPERANDS = ("@t", "@o", "@b")  # the kinds of names that only some operands get
_FRESH = re.compile(r"@([a-z]+)(\d+)(.*)", re.DOTALL)


def places(function: ast.FunctionDef) -> None:
    """Set ``place`` on all nodes of a function, the functions inside it too; ``part`` on its expressions."""
    for number, node in enumerate(counted(function)):
        node.place = number
    _inherit(function, 0, Counter())


def counted(node: ast.AST) -> Iterator[Any]:
    """The nodes that have a place of their own, in the order of the source. Not what is evaluated where the
    function is defined."""
    yield node
    yield from (part for child in ast.iter_child_nodes(node) for part in _counted(child))


def _counted(node: ast.AST) -> Iterator[Any]:
    if isinstance(node, COUNTED):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _counted(child)


def _inherit(node: Any, place: int, parts: Counter[int]) -> None:
    """``parts`` are how many expressions stand at each place so far."""
    for child in ast.iter_child_nodes(node):
        here = child.place = getattr(child, "place", place)  # type: ignore[attr-defined]
        if isinstance(child, ast.expr):
            child.part = parts[here]  # type: ignore[attr-defined]
            parts[here] += 1
        _inherit(child, here, parts)


def place_of(node: ast.AST) -> int:
    """The place of a node; -1 if it stands for nothing in the source."""
    return getattr(node, "place", -1)


def origins(function: ast.FunctionDef, points: list[Point]) -> dict[str, Origin]:
    """Where the hidden names that are saved at a point come from. One that stands for several things is left
    out."""
    wanted = {name for point in points for name in point.live if is_hidden(name)}
    if not wanted:
        return {}
    first: dict[str, tuple[int, int]] = {}
    twice: set[str] = set()
    for statement in function.body:
        for node in own_nodes(statement):
            _note(node, first, twice)
    numbered: dict[tuple[int, str, int], list[tuple[int, str]]] = defaultdict(list)
    for name, (place, part) in first.items():
        kind, number = _kind(name)
        numbered[place, kind, part if kind in _OPERANDS else 0].append((number, name))
    found: dict[str, Origin] = {}
    for origin, names in numbered.items():
        for which, (_, name) in enumerate(sorted(names)):
            if name in wanted and name not in twice and origin[0] >= 0:
                found[name] = (*origin, which)
    return found


def _note(node: Any, first: dict[str, tuple[int, int]], twice: set[str]) -> None:
    where = place_of(node), getattr(node, "part", 0)
    shielded = getattr(node, "shielded", None)
    if shielded is not None:
        for name in (shielded.why, shielded.returned, shielded.raised):
            first[name] = where
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and is_hidden(node.id):
        if node.id in first and _FRESH.fullmatch(node.id) is None:
            twice.add(node.id)
        first.setdefault(node.id, where)
    elif isinstance(node, ast.FunctionDef | ast.ClassDef) and is_hidden(node.name):
        if node.name in first:
            twice.add(node.name)
        first.setdefault(node.name, where)


def _kind(name: str) -> tuple[str, int]:
    match = _FRESH.fullmatch(name)
    if match is None:
        return name, 0
    letter, number, rest = match.groups()
    return f"@{letter}{rest}", int(number)
