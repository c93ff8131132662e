"""The walk of ``desugar``, and its expressions. What reads iterables:
``desugar_iterables``. The statements: ``desugar_bindings`` and ``desugar``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from contweb.compiler.calls import Facts, any_point, has_point
from contweb.compiler.head import change_head
from contweb.compiler.names import Fresh, defined
from contweb.compiler.quote import Node, assign, name, placed, quote, quote_expr
from contweb.compiler.source import lambda_as_function
from contweb.compiler.tree import do

Statements = list[ast.stmt]
Condition = tuple[Statements, ast.expr]  # what is run before it, and what is then true or false


class Expressions:
    """Finds what contains a point, and the method that is named after its kind; has those for expressions."""

    def __init__(self, facts: Facts, fresh: Fresh) -> None:
        self.facts = facts
        self.fresh = fresh
        self.protected = 0  # how many `finally` a jump from here would go through

    def block(self, statements: Statements) -> Statements:
        return [new for statement in statements for new in self.statement(statement)]

    def _protect(self, statements: Statements) -> Statements:
        self.protected += 1
        result = self.block(statements)
        self.protected -= 1
        return result

    def statement(self, node: ast.stmt) -> Statements:
        if not has_point(node) and not (self.protected and jumps_through_with(node)):
            return [node]
        visit = getattr(self, f"_{type(node).__name__}", None)
        if visit is None:
            return [self._plain(node)]
        result: Statements = visit(node)
        return result

    def expr(self, node: Any) -> Any:
        if not has_point(node):
            return node
        visit = getattr(self, f"_{type(node).__name__}", None)
        return self._plain(node) if visit is None else visit(node)

    def _plain(self, node: Node) -> Node:
        """A node whose own form stays; its parts are desugared."""
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, field, self.block(value))
            elif isinstance(value, list):
                setattr(node, field, [self._part(item) for item in value])
            else:
                setattr(node, field, self._part(value))
        return node

    def _part(self, value: Any) -> Any:
        if isinstance(value, ast.expr):
            return self.expr(value)
        if isinstance(value, ast.AST) and not isinstance(value, ast.expr_context | ast.operator):
            return self._plain(value)
        return value

    def _plain_head(self, node: Any) -> Any:
        """Desugar what a definition evaluates around it."""
        change_head(node, self.expr)
        return node

    def _BoolOp(self, node: ast.BoolOp) -> ast.expr:
        if not any_point(node.values[1:]):
            return self._plain(node)
        result = self.fresh("t")
        template = "if RESULT:\n    REST" if isinstance(node.op, ast.And) else "if not RESULT:\n    REST"
        body: Statements = []
        for value in reversed(node.values[1:]):
            here = [assign(result, self.expr(value)), *body]
            body = quote(template, at=value, RESULT=result, REST=here)
        return do([assign(result, self.expr(node.values[0])), *body], name(result, at=node))

    def _Compare(self, node: ast.Compare) -> ast.expr:
        if not any_point(node.comparators[1:]):
            return self._plain(node)
        result = self.fresh("t")
        body: Statements = []
        for comparator, (before, compared) in reversed(
            [*zip(node.comparators, self._compared(node), strict=True)]
        ):
            here = [*before, assign(result, compared, at=node), *body]
            body = quote("if RESULT:\n    REST", at=comparator, RESULT=result, REST=here)
        return do(here, name(result, at=node))

    def _compared(self, node: ast.Compare) -> list[Condition]:
        """The comparisons of a chain."""
        left = self.fresh("t")
        before: Statements = [assign(left, self.expr(node.left))]
        result: list[Condition] = []
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.fresh("t")
            before.append(assign(right, self.expr(comparator)))
            operands = name(left, at=node), name(right, at=comparator)
            result.append((before, placed(ast.Compare(operands[0], [operator], [operands[1]]), node)))
            left, before = right, []
        return result

    def _IfExp(self, node: ast.IfExp) -> ast.expr:
        return self._either(node, lambda result, value: [assign(result, self.expr(value))])

    def _either(self, node: ast.IfExp, noted: Callable[[str, ast.expr], Statements]) -> ast.expr:
        if not any_point([node.body, node.orelse]):
            node.test = self.test(node.test)
            return node
        result, test = self.fresh("t"), self.test(node.test)
        yes, no = noted(result, node.body), noted(result, node.orelse)
        chosen = quote("if TEST:\n    YES\nelse:\n    NO", at=node, TEST=test, YES=yes, NO=no)
        return do(chosen, name(result, at=node))

    def test(self, node: ast.expr) -> ast.expr:
        """A condition. Python asks each part of it once whether it is true, and that is the answer."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self.test(node.operand)
            return node
        if isinstance(node, ast.BoolOp):
            parts: list[Condition] = [([], self.test(value)) for value in node.values]
            if any_point(node.values[1:]):
                return self._decided(node, parts, isinstance(node.op, ast.Or))
            node.values[0] = parts[0][1]  # alone has points
            return node
        if isinstance(node, ast.Compare) and any_point(node.comparators[1:]):
            return self._decided(node, self._compared(node), False)
        if isinstance(node, ast.IfExp):
            return self._either(node, lambda result, value: _noted(result, self.test(value)))
        value: ast.expr = self.expr(node)
        return value

    def _decided(self, node: ast.expr, parts: list[Condition], decides: bool) -> ast.expr:
        """Conditions of which one that is ``decides`` is the answer, or else the last."""
        result = self.fresh("t")
        before, last = parts[-1]
        body = [*before, *_noted(result, last)]
        for before, test in reversed(parts[:-1]):
            decided = [assign(result, placed(ast.Constant(decides), test))]
            yes, no = (decided, body) if decides else (body, decided)
            chosen = quote("if TEST:\n    YES\nelse:\n    NO", at=test, TEST=test, YES=yes, NO=no)
            body = [*before, *chosen]
        return do(body, name(result, at=node))

    def _NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        stored = placed(ast.Assign([node.target], self.expr(node.value)), node)
        return do([stored], name(node.target.id, at=node))

    def _Lambda(self, node: ast.Lambda) -> ast.expr:
        if not getattr(node, "suspends", False):
            self._plain_head(node)
            return node
        function = lambda_as_function(node, defined("<lambda>", getattr(node, "inside", "")))
        self._plain_head(function)
        return do([function], name(function.name, at=node))

    def _GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        node.generators[0].iter = self.expr(node.generators[0].iter)
        return node


def _noted(result: str, test: ast.expr) -> Statements:
    """The answer of a condition as a value, for which no part of it is asked twice."""
    if not _asks_parts(test):
        return [assign(result, test)]
    return quote("if TEST:\n    RESULT = True\nelse:\n    RESULT = False", at=test, TEST=test, RESULT=result)


def _asks_parts(test: ast.expr) -> bool:
    """Whether it asks parts of it whether they are true, one of which may be its value."""
    if isinstance(test, ast.UnaryOp):
        return _asks_parts(test.operand)
    return isinstance(test, ast.BoolOp | ast.IfExp) or (isinstance(test, ast.Compare) and len(test.ops) > 1)


def as_value(node: ast.expr) -> ast.expr:
    """A slice as an expression that stands by itself."""
    if not isinstance(node, ast.Slice):
        return node
    parts = [part or placed(ast.Constant(None), node) for part in (node.lower, node.upper, node.step)]
    return quote_expr("RT.slice(LOWER, UPPER, STEP)", at=node, LOWER=parts[0], UPPER=parts[1], STEP=parts[2])


def jumps_through_with(node: ast.stmt) -> bool:
    """Whether a jump in it may leave a ``with``, whose end may then raise, or swallow, an exception."""
    return any(
        isinstance(jump, ast.Return | ast.Break | ast.Continue)
        for managed in ast.walk(node)
        if isinstance(managed, ast.With)
        for jump in ast.walk(managed)
    )
