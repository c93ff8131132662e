"""Which names are needed after each point: only those are saved.

A fact pass over the lowered tree: liveness, backwards, to a fixed point in loops (Aho, Lam, Sethi, Ullman,
9.2.5). It sets ``Point.live``, ``Point.handled`` and ``Point.unbound``.

A name that lives in a cell is needed if it is mentioned anywhere after: a function that shares the cell may
read what is stored. Inside a handler or a ``finally``, the hidden names with which a twin enters it again are
needed too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from contweb.compiler.head import apart, head
from contweb.compiler.names import is_hidden, is_passing
from contweb.compiler.points import Point, own_nodes, statement_point
from contweb.compiler.quote import is_runtime
from contweb.compiler.scopes import Scope, assigned, bound_by, certainly_bound, free_names

Names = frozenset[str]
NONE: Names = frozenset()


@dataclass(frozen=True)
class _Exits:
    """What is needed where a block may be left to."""

    raised: Names = NONE
    returned: Names = NONE
    broken: Names = NONE
    continued: Names = NONE
    pinned: Names = NONE  # to enter the handlers around it again
    handled: tuple[str, ...] = ()

    def everything(self) -> Names:
        return self.raised | self.returned | self.broken | self.continued


def live(function: ast.FunctionDef, points: list[Point], scope: Scope) -> None:
    """Set the names to save at each point of a function."""
    _Live(points, scope).block(function.body, NONE, _Exits())


class _Live:
    def __init__(self, points: list[Point], scope: Scope) -> None:
        self.points = points
        self.scope = scope
        self.saved = scope.local | scope.free

    def block(self, statements: list[Any], after: Names, exits: _Exits) -> Names:
        for statement in reversed(statements):
            after = self.statement(statement, after, exits)
        return after

    def statement(self, node: Any, after: Names, exits: _Exits) -> Names:
        visit = getattr(self, f"_{type(node).__name__}", None)
        if visit is not None:
            result: Names = visit(node, after, exits)
            return result
        number = statement_point(node)
        stored = self._stored(node)
        if number is not None:
            cell = self._used(node.targets[0]) if isinstance(node, ast.Assign) else NONE  # to store in
            needed = (after - stored) | cell | exits.raised | exits.pinned
            self._save(self.points[number - 1], needed, exits)
        return (after - stored) | self._used(node) | exits.raised

    def _save(self, point: Point, names: Names, exits: _Exits) -> None:
        kept = {name for name in names | set(point.live) if self._is_saved(name)}
        point.live = tuple(sorted(kept))
        point.handled = exits.handled
        point.unbound = frozenset(name for name in kept if self._may_be_unbound(name))

    def _is_saved(self, name: str) -> bool:
        if is_hidden(name):
            return not is_passing(name)
        return name in self.saved

    def _may_be_unbound(self, name: str) -> bool:
        if is_hidden(name) or self.scope.is_captured(name):
            return False
        return name not in self.scope.parameters or name in self.scope.deleted

    # Statements that are left otherwise than at their end, or that hold blocks.

    def _Return(self, node: ast.Return, after: Names, exits: _Exits) -> Names:
        return self._used(node) | exits.returned | exits.raised

    def _Raise(self, node: ast.Raise, after: Names, exits: _Exits) -> Names:
        return self._used(node) | exits.raised

    def _Break(self, node: ast.Break, after: Names, exits: _Exits) -> Names:
        return exits.broken

    def _Continue(self, node: ast.Continue, after: Names, exits: _Exits) -> Names:
        return exits.continued

    def _If(self, node: ast.If, after: Names, exits: _Exits) -> Names:
        body = self.block(node.body, after, exits)
        orelse = self.block(node.orelse, after, exits)
        return body | orelse | self._used(node.test) | exits.raised

    def _While(self, node: ast.While, after: Names, exits: _Exits) -> Names:
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        orelse = NONE if forever else self.block(node.orelse, after, exits)
        return self._loop(node, orelse | self._used(node.test) | exits.raised, after, exits, NONE)

    def _For(self, node: ast.For, after: Names, exits: _Exits) -> Names:
        orelse = self.block(node.orelse, after, exits)
        head = orelse | self._used(node.iter) | self._used(node.target) | exits.raised
        head = self._loop(node, head, after, exits, self._uncaptured(assigned(node.target)))
        if hasattr(node, "number"):
            self._save(self.points[node.number - 1], head | exits.pinned, exits)
        return head

    def _loop(self, node: Any, head: Names, after: Names, exits: _Exits, stored: Names) -> Names:
        while True:
            inside = replace(exits, broken=after, continued=head)
            more = head | (self.block(node.body, head, inside) - stored)
            if more == head:
                return head
            head = more

    def _Try(self, node: ast.Try, after: Names, exits: _Exits) -> Names:
        if node.finalbody:
            return self._try_finally(node, after, exits)
        caught = exits.raised
        for handler in reversed(node.handlers):
            caught |= self._handler(handler, after, exits)
        orelse = self.block(node.orelse, after, exits)
        return self.block(node.body, orelse, replace(exits, raised=caught)) | caught

    def _handler(self, node: Any, after: Names, exits: _Exits) -> Names:
        caught = getattr(node, "caught", None)
        if caught:
            exits = replace(exits, pinned=exits.pinned | {caught}, handled=(caught, *exits.handled))
        in_cell = self.scope.is_captured(node.name)
        end = after | {node.name} if in_cell else after  # it is unbound there
        body = self.block(node.body, end, exits)
        if node.name:
            body = body | {node.name} if in_cell else body - {node.name}
        return body | (self._used(node.type) if node.type else NONE) | exits.raised

    def _try_finally(self, node: Any, after: Names, exits: _Exits) -> Names:
        inside = exits
        shielded = getattr(node, "shielded", None)
        if shielded:
            pinned = {shielded.why, shielded.returned, shielded.raised}
            inside = replace(exits, pinned=exits.pinned | pinned, handled=(shielded.raised, *exits.handled))
        final = self.block(node.finalbody, after | exits.everything(), inside)
        body = replace(exits, raised=final, returned=final, broken=final, continued=final)
        return self.block(node.body, final, body) | final

    def _TryStar(self, node: Any, after: Names, exits: _Exits) -> Names:
        return after | exits.everything() | self._used(node)

    def _With(self, node: ast.With, after: Names, exits: _Exits) -> Names:
        """Without points; what it stores may be stored or not, as its exceptions may be suppressed."""
        return after | exits.everything() | self._used(node)

    def _Match(self, node: ast.Match, after: Names, exits: _Exits) -> Names:
        return after | exits.everything() | self._used(node)

    # Names.

    def _used(self, node: ast.AST) -> Names:
        used: set[str] = set()
        for part in own_nodes(node):
            used |= self._used_by(part)
        return frozenset(used)

    def _used_by(self, part: ast.AST) -> set[str]:
        return self._shared_by(part) | self._read_by(part)

    def _shared_by(self, part: ast.AST) -> set[str]:
        """What it binds in a cell."""
        return {name for name in bound_by(part) if self.scope.is_captured(name)}

    def _read_by(self, part: ast.AST) -> set[str]:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            return self._used_by_definition(part)
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            return {part.target.id}
        if isinstance(part, ast.Attribute) and part.attr == "locals" and is_runtime(part.value):
            return set(self.saved)
        if not isinstance(part, ast.Name):
            return set()
        if isinstance(part.ctx, ast.Store) and not self.scope.is_captured(part.id):
            return set()
        return set(self.saved) if part.id in _SEES_ALL else {part.id}

    def _used_by_definition(self, part: Any) -> set[str]:
        used = free_names(part)
        for node in (*head(part), *apart(part)):
            used |= self._used(node)
        return used

    def _stored(self, node: ast.stmt) -> Names:
        """The locals that a statement without blocks certainly binds, and does not read before that."""
        bound = NONE if isinstance(node, ast.AugAssign) else certainly_bound(node)
        return self._uncaptured((*bound, *bound_by(node)))

    def _uncaptured(self, names: Iterable[str]) -> Names:
        return frozenset(name for name in names if not self.scope.is_captured(name))


_SEES_ALL = frozenset({"locals", "vars", "dir", "eval", "exec"})
