"""Pass: ``except`` and ``finally`` let the signal of a capture pass, and know why they were entered.

    try:                              @w1 = 0
        return x + 1                  try:
    finally:                              @v1 = x + 1
        g()                               @w1 = 2
                                          return @v1
                                          @w1 = 1
                                      finally:
                                          if @w1 or raised():
                                              @x1 = None if @w1 else exception()
                                              g()

A capture unwinds by raising a signal. No user code may run on its way: ``raised()`` is false for the signal,
and an ``except`` gets a first clause that raises it again. The reason (``names.REASON_...``) lets a twin
enter a ``finally`` the way it was entered: by the exception, by the end of the block, or by the ``return``,
``break`` or ``continue``. Where one ``finally`` stands in another, the inner one hands its reason on at its
end. Relies on ``anf``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from contweb.compiler import names
from contweb.compiler.calls import any_point, has_point
from contweb.compiler.names import Fresh
from contweb.compiler.quote import name, placed, quote, quote_expr

Statements = list[ast.stmt]


@dataclass
class Finally:
    """A ``try``/``finally`` that is shielded: its hidden names, and the jumps that go through it."""

    why: str
    returned: str
    raised: str
    reasons: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Around:
    """What a jump would go through: the nearest ``finally``, and whether a loop stands inside it."""

    last: Finally | None = None
    in_loop: bool = False


def shield(function: ast.FunctionDef, fresh: Fresh) -> None:
    """Rewrite the body of a function; not of the functions inside it."""
    function.body = _Shield(fresh).block(function.body, _Around())


class _Shield:
    def __init__(self, fresh: Fresh) -> None:
        self.fresh = fresh

    def block(self, statements: Statements, around: _Around) -> Statements:
        return [new for statement in statements for new in self.statement(statement, around)]

    def statement(self, node: Any, around: _Around) -> Statements:
        if isinstance(node, ast.Return):
            return self._return(node, around)
        if isinstance(node, ast.Break | ast.Continue):
            return self._jump(node, around)
        if isinstance(node, ast.Try):
            return self._try(node, around)
        if isinstance(node, ast.For | ast.While):
            node.body = self.block(node.body, _Around(around.last, in_loop=True))
            node.orelse = self.block(node.orelse, around)
        elif isinstance(node, ast.If):
            node.body = self.block(node.body, around)
            node.orelse = self.block(node.orelse, around)
        elif isinstance(node, ast.With):
            node.body = self.block(node.body, around)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                case.body = self.block(case.body, around)
        elif isinstance(node, ast.TryStar):
            return self._try_star(node, around)
        return [node]

    def _try_star(self, node: ast.TryStar, around: _Around) -> Statements:
        """``except*`` that is left as it is has no points, but jumps may leave its blocks."""
        if node.finalbody and around.last is not None:
            inner = placed(ast.TryStar(node.body, node.handlers, node.orelse, []), node)
            return self._finally(placed(ast.Try([inner], [], [], node.finalbody), node), around)
        node.body = self.block(node.body, around)
        node.orelse = self.block(node.orelse, around)
        return [node]

    def _return(self, node: ast.Return, around: _Around) -> Statements:
        if around.last is None:
            return [node]
        around.last.reasons.add(names.REASON_RETURN)
        value = node.value or placed(ast.Constant(None), node)
        return quote(
            "RETURNED = VALUE\nWHY = REASON\nreturn RETURNED",
            at=node,
            RETURNED=around.last.returned,
            VALUE=value,
            WHY=around.last.why,
            REASON=ast.Constant(names.REASON_RETURN),
        )

    def _jump(self, node: ast.Break | ast.Continue, around: _Around) -> Statements:
        if around.last is None or around.in_loop:
            return [node]
        reason = names.REASON_BREAK if isinstance(node, ast.Break) else names.REASON_CONTINUE
        around.last.reasons.add(reason)
        return [*quote("WHY = REASON", at=node, WHY=around.last.why, REASON=ast.Constant(reason)), node]

    def _try(self, node: ast.Try, around: _Around) -> Statements:
        if not has_point(node) and around.last is None:
            return [node]
        if node.finalbody and node.handlers:
            inner = placed(ast.Try(node.body, node.handlers, node.orelse, []), node)
            node = placed(ast.Try([inner], [], [], node.finalbody), node)
        return self._finally(node, around) if node.finalbody else self._except(node, around)

    def _except(self, node: ast.Try, around: _Around) -> Statements:
        signalled = has_point(ast.Module(node.body, []))
        node.body = self.block(node.body, around)
        node.orelse = self.block(node.orelse, around)
        for handler in node.handlers:
            handler.body = self.block(handler.body, around)
            if any_point(handler.body):
                self._remember(handler)
        if signalled:
            clause = placed(
                ast.ExceptHandler(_signal(node), None, [placed(ast.Raise(None, None), node)]), node
            )
            node.handlers.insert(0, clause)
        return [node]

    def _remember(self, handler: Any) -> None:
        """The exception of a handler with points gets a name, by which the handler can be entered again."""
        handler.caught = self.fresh("x")
        handler.body = [
            *quote("CAUGHT = RT.exception()", at=handler, CAUGHT=handler.caught),
            *handler.body,
            *quote("CAUGHT = None", at=handler, CAUGHT=handler.caught),
        ]

    def _finally(self, node: Any, around: _Around) -> Statements:
        shielded = Finally(self.fresh("w"), self.fresh("v"), self.fresh("x"))
        node.body = self.block(node.body, _Around(shielded))
        node.body += quote(
            "WHY = REASON", at=node, WHY=shielded.why, REASON=ast.Constant(names.REASON_NORMAL)
        )
        final = self.block(node.finalbody, around)
        if any_point(final):
            holes = {"RAISED": shielded.raised, "WHY": shielded.why}
            node.shielded = shielded
            final = [
                *quote("RAISED = None if WHY else RT.exception()", at=node, **holes),
                *final,
                *quote("RAISED = None", at=node, **holes),
            ]
        final += _hand_on(node, shielded, around)
        node.finalbody = quote("if WHY or RT.raised():\n    FINAL", at=node, WHY=shielded.why, FINAL=final)
        start = quote("WHY = REASON", at=node, WHY=shielded.why, REASON=ast.Constant(names.REASON_RAISED))
        return [*start, node]


def _hand_on(node: ast.Try, inner: Finally, around: _Around) -> Statements:
    """A jump that goes through this ``finally`` goes on through the one around it."""
    outer = around.last
    if outer is None:
        return []
    result: Statements = []
    for reason in sorted(inner.reasons):
        if reason != names.REASON_RETURN and around.in_loop:
            continue
        outer.reasons.add(reason)
        holes: dict[str, Any] = {"INNER": inner.why, "OUTER": outer.why, "REASON": ast.Constant(reason)}
        if reason == names.REASON_RETURN:
            value = name(inner.returned, at=node)
            result += quote(
                "if INNER == REASON: OUTER, RETURNED = REASON, VALUE",
                at=node,
                **holes,
                RETURNED=outer.returned,
                VALUE=value,
            )
        else:
            result += quote("if INNER == REASON: OUTER = REASON", at=node, **holes)
    return result


def _signal(node: ast.AST) -> ast.expr:
    return quote_expr("RT.Signal", at=node)
