"""Pass: points get numbers, and what a capture must know to find them.

The points of a function are numbered from 1 in the order of the tree, so that a block holds a range of
numbers. A running frame is at the point whose call ends where the frame's current instruction does; where two
points end at one place (the copies of one decorator, the enter and exit of a ``with``), each notes its number
before it calls. The callee must be known as well, so that a C function in between is noticed: it stands in a
local already, or is noted.

    g(x)                              (@f := g)(x)
    a.b.m(x)                          (@f := a.b).m(x)        (the receiver: a bound method would cost 30 ns)

Relies on ``anf``.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import Any

from contweb.compiler.calls import is_point
from contweb.compiler.names import CALLEE, POSITION
from contweb.compiler.quote import placed, quote
from contweb.compiler.scopes import Scope

Statements = list[ast.stmt]
End = tuple[int, int]  # line and column


@dataclass
class Point:
    """A call in a flow at which it can be captured, and re-entered."""

    number: int
    line: int
    end: End  # where the call ends
    callee: str  # the local that holds the callee, or the receiver of the method
    method: str | None  # the method's name
    draws: bool = False  # an item of a generator, which ``callee`` holds, is wanted: by ``next``, or
    heads: tuple[End, ...] = ()  # by a loop, whose head may stand at these places
    place: int = -1  # in the source; see ``places``
    noted: bool = False  # whether the number is noted before the call
    live: tuple[str, ...] = ()  # the names to save, in order; set by ``live``
    handled: tuple[str, ...] = ()  # the locals with the exceptions being handled there, the innermost first
    unbound: frozenset[str] = frozenset()  # of the names to save, those that may be unbound


def points(function: ast.FunctionDef, scope: Scope) -> list[Point]:
    """Number the points of a function, and note their callees; not of the functions inside it."""
    calls = list(_calls(function.body))  # and the loops whose heads are points
    result = [_point(number, call, scope) for number, call in enumerate(calls, 1)]
    ends = Counter(point.end for point in result if not point.heads)
    for point in result:
        point.noted = ends[point.end] > 1 and not point.heads
    _move_others(function, set(ends))
    function.body = _note(function.body, result)
    return result


def statement_point(node: ast.stmt) -> int | None:
    """The number of the point that a statement is, if it is one."""
    value = getattr(node, "value", None) if isinstance(node, ast.Assign | ast.Expr) else None
    return getattr(value, "number", None) if value is not None else None


def span(nodes: list[Any]) -> tuple[int, int] | None:
    """The first and last number of the points in statements."""
    numbers = [call.number for call in _calls(nodes)]
    return (numbers[0], numbers[-1]) if numbers else None


def own_nodes(node: ast.AST) -> Any:
    """All nodes of a tree, in its order, but those inside functions and classes, and inside names."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _CLOSED):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


_CLOSED = (ast.Name, ast.Constant, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def _calls(nodes: list[Any]) -> Any:
    """The points in the order of the tree. A point is a statement's whole right side."""
    for node in nodes:
        value = node.value if isinstance(node, ast.Assign | ast.Expr) else None
        if value is not None and is_point(value):
            yield value
        elif isinstance(node, ast.For) and getattr(node, "may_suspend", False):
            yield node
            for block in blocks(node):
                yield from _calls(block)
        elif isinstance(node, ast.Match):
            continue  # its blocks hold no points any more
        else:
            for block in blocks(node):
                yield from _calls(block)


def blocks(node: Any) -> list[list[Any]]:
    """The blocks of a compound statement, in the order of the tree."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    found = [getattr(node, "body", [])]
    found += [handler.body for handler in getattr(node, "handlers", [])]
    found += [getattr(node, "orelse", []), getattr(node, "finalbody", [])]
    return [block for block in found if block]


def _point(number: int, call: Any, scope: Scope) -> Point:
    call.number = number
    point = _point_of(number, call, scope)
    point.place = getattr(call, "place", -1)
    return point


def _point_of(number: int, call: Any, scope: Scope) -> Point:
    if isinstance(call, ast.For):
        iterator: Any = call.iter
        heads = ((call.lineno, call.col_offset), (iterator.lineno, iterator.col_offset))
        return Point(number, call.lineno, _end(iterator), iterator.id, None, draws=True, heads=heads)
    if getattr(call, "draws", False):
        held, call.args[0] = _held(call.args[0], call, scope)
        return Point(number, call.lineno, _end(call), held, None, draws=True)
    callee, method = _note_callee(call, scope)
    return Point(number, call.lineno, _end(call), callee, method)


def _end(node: Any) -> End:
    return (node.end_lineno, node.end_col_offset)


def _note_callee(call: ast.Call, scope: Scope) -> tuple[str, str | None]:
    function = call.func
    if isinstance(function, ast.Attribute):
        held, function.value = _held(function.value, call, scope)
        return held, function.attr
    held, call.func = _held(function, call, scope)
    return held, None


def _held(node: ast.expr, call: ast.Call, scope: Scope) -> tuple[str, ast.expr]:
    """A local that keeps its value during the call, and the expression that puts it there."""
    if isinstance(node, ast.Name) and _keeps(node.id, call, scope):
        return node.id, node
    noted = placed(ast.NamedExpr(placed(ast.Name(CALLEE, ast.Store()), node), node), node)
    return CALLEE, noted


def _keeps(name: str, call: ast.Call, scope: Scope) -> bool:
    rebound = {node.target.id for node in ast.walk(call) if isinstance(node, ast.NamedExpr)}
    return scope.is_plain(name) and name not in rebound


def _move_others(function: ast.FunctionDef, ends: set[End]) -> None:
    """No other call may end where a point does: made-up calls shrink to where they start."""
    for statement in function.body:
        for node in own_nodes(statement):
            called = node.context_expr if isinstance(node, ast.withitem) else node
            is_other = isinstance(node, ast.Call | ast.withitem) and not is_point(called)
            if is_other and (called.end_lineno, called.end_col_offset) in ends:
                called.end_lineno, called.end_col_offset = called.lineno, called.col_offset


def _note(statements: Statements, found: list[Point]) -> Statements:
    result: Statements = []
    for statement in statements:
        number = statement_point(statement)
        if number is not None and found[number - 1].noted:
            result += quote("POSITION = NUMBER", at=statement, POSITION=POSITION, NUMBER=ast.Constant(number))
        for block in blocks(statement):
            block[:] = _note(block, found)
        result.append(statement)
    return result
