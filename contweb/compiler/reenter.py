"""Pass: the twin, which skips straight to a point and goes on from there.

    while n:                          while n if @r == 0 else @r <= 1:
        ask(n)                            if @r == 0:
        n -= 1                                ask(n)
                                          elif @r == 1:
                                              @r = 0; (deliver)
                                          if @r == 0:
                                              n -= 1

``@r`` is the number of the point to reach, 0 once it is reached: statements before it are skipped, blocks
around it are entered without their conditions. A handler is entered by raising the saved exception inside its
``try``; a ``finally`` by doing again what had led to it; a loop goes on with its saved iterator. The saved
names come as a tuple ``@s``, in the order of ``Point.live``. Generalised stack inspection: Pettyjohn,
Clements, Marshall, Krishnamurthi, Felleisen, ICFP 2005. Relies on ``live``; shares its nodes with the plain
version, which it does not change.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler import names
from contweb.compiler.names import CELLS, KEPT, RESUME_AT, STATE, THROWN, VALUE
from contweb.compiler.points import Point, span, statement_point
from contweb.compiler.quote import function_def, name, placed, quote, quote_expr
from contweb.compiler.scopes import Scope
from contweb.compiler.unset import unset

Statements = list[ast.stmt]
_HOLES: dict[str, Any] = {"R": RESUME_AT, "S": STATE, "VALUE": VALUE, "THROWN": THROWN, "KEPT": KEPT}


def reenter(function: ast.FunctionDef, points: list[Point], scope: Scope) -> ast.FunctionDef:
    """The twin: ``def name(@r, @s, @value, @thrown)``. The function's cell variables are free in it."""
    function = unset(function, scope)
    maker = _Twin(points, scope)
    body = maker.block(function.body)
    parameters = [placed(ast.arg(parameter), function) for parameter in (RESUME_AT, STATE, VALUE, THROWN)]
    arguments = ast.arguments(posonlyargs=[], args=parameters, kwonlyargs=[], kw_defaults=[], defaults=[])
    shared = scope.captured
    declared = [placed(ast.Nonlocal(shared), function)] if shared else []
    body = [*declared, *hold_cells(function, scope), *maker.restore(function), *body]
    return function_def(function.name, arguments, body, at=function)


def hold_cells(function: ast.FunctionDef, scope: Scope) -> Statements:
    """The cells themselves in a local: a frame shows only what is in them."""
    if not scope.captured:
        return []
    held = placed(ast.Tuple([name(kept, at=function) for kept in scope.captured], ast.Load()), function)
    closure = quote_expr("(lambda: HELD).__closure__", at=function, HELD=held)
    return quote("CELLS = CLOSURE", at=function, CELLS=CELLS, CLOSURE=closure)


class _Twin:
    def __init__(self, points: list[Point], scope: Scope) -> None:
        self.points = points
        self.scope = scope
        self.iterators: list[str] = []
        self.aliases: dict[int, dict[str, str]] = {}  # names that a handler binds when it is entered again

    def restore(self, function: ast.FunctionDef) -> Statements:
        """Give the saved names their values: ``if @r == 1: (a, b) = @s``."""
        result: Statements = []
        for iterator in self.iterators:  # not kept where the loop is certainly left
            result += quote("ITERATOR = None", at=function, ITERATOR=iterator)
        for point in self.points:
            aliases = self.aliases.get(point.number, {})
            stored = [aliases.get(kept, kept) for kept in point.live if not self.scope.is_captured(kept)]
            if stored:
                test = quote_expr("R == NUMBER", at=function, **_HOLES, NUMBER=ast.Constant(point.number))
                result.append(self._if(test, self._unpack(function, point, stored), function))
        return [*result, *quote("S = None", at=function, **_HOLES)]

    def _unpack(self, function: ast.FunctionDef, point: Point, stored: list[str]) -> Statements:
        target = ast.Tuple([name(kept, at=function, store=True) for kept in stored], ast.Store())
        unpacked = placed(ast.Assign([placed(target, function)], name(STATE, at=function)), function)
        unbound = sorted(point.unbound & set(stored))
        return [unpacked, *(statement for kept in unbound for statement in _unbind(kept, function))]

    # Statements.

    def block(self, statements: Statements) -> Statements:
        """Runs of statements without points share one guard."""
        result: Statements = []
        run: Statements = []
        for statement in statements:
            if isinstance(statement, ast.Global):
                result.append(statement)
                continue
            if isinstance(statement, ast.Nonlocal):
                continue  # declared by the twin itself
            if span([statement]) is None:
                run.append(statement)
                continue
            result += [*_guarded(run), *self.statement(statement)]
            run = []
        return [*result, *_guarded(run)]

    def statement(self, node: Any) -> Statements:
        number = statement_point(node)
        if number is not None:
            return self._point(node, number)
        entered: Statements = getattr(self, f"_{type(node).__name__}")(node)
        return [self._if(_due(span([node]), node), entered, node)]

    def _if(self, test: ast.expr, body: Statements, at: ast.AST) -> ast.stmt:
        return quote("if TEST: BODY", at=at, TEST=test, BODY=body)[0]

    def _point(self, node: Any, number: int) -> Statements:
        delivered = placed(type(node)(**{**dict(ast.iter_fields(node)), "value": name(VALUE, at=node)}), node)
        return quote(
            "if R == 0:\n"
            "    CALL\n"
            "elif R == NUMBER:\n"
            "    R = 0\n"
            "    if THROWN is not None:\n"
            "        try: raise THROWN.exception\n"
            "        finally: THROWN.restore_context()\n"
            "    DELIVERED\n"
            "    VALUE = None",
            at=node.value,
            **_HOLES,
            NUMBER=ast.Constant(number),
            CALL=[node],
            DELIVERED=[delivered],
        )

    def _If(self, node: ast.If) -> Statements:
        test = _test(node.test, span(node.body), node)
        return [placed(ast.If(test, self._body(node.body), self.block(node.orelse)), node)]

    def _body(self, statements: Statements) -> Statements:
        return self.block(statements) or [placed(ast.Pass(), statements[0])]

    def _While(self, node: ast.While) -> Statements:
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        test = node.test if forever else _test(node.test, span(node.body), node)
        return [placed(ast.While(test, self._body(node.body), self.block(node.orelse)), node)]

    def _For(self, node: ast.For) -> Statements:
        """Entered again, it makes one turn without an item of its own, then goes on with the iterator."""
        assert isinstance(node.iter, ast.Name)
        iterator = node.iter.id
        self.iterators.append(iterator)
        holes = {**_HOLES, "ITERATOR": iterator, "ITEMS": f"@items{iterator}"}
        choose = quote(
            "if R == 0: ITEMS = ITERATOR\nelif WITHIN: ITEMS = RT.again(ITERATOR)\nelse: ITEMS = ()",
            at=node.iter,
            **holes,
            WITHIN=_within(span(node.body), node),
        )
        if hasattr(node, "number"):
            choose = self._head(node, choose, holes)
        item = f"@item{iterator}"
        bound = placed(ast.Assign([node.target], name(item, at=node.target)), node.target)
        body = [self._if(_reached(node), [bound], node), *self._body(node.body)]
        target = name(item, at=node.target, store=True)
        loop = placed(
            ast.For(target, name(holes["ITEMS"], at=node.iter), body, self.block(node.orelse)), node
        )
        return [*choose, loop, *quote("ITEMS = None", at=node.iter, **holes)]

    def _head(self, node: Any, choose: Statements, holes: dict[str, Any]) -> Statements:
        """The loop waited for an item of a generator: it gets that, or the end, or what was raised."""
        return quote(
            "if R == NUMBER:\n"
            "    R = 0\n"
            "    if THROWN is not None and not RT.stops(THROWN):\n"
            "        try: raise THROWN.exception\n"
            "        finally: THROWN.restore_context()\n"
            "    ITEMS = RT.given(VALUE, THROWN, ITERATOR)\n"
            "    VALUE = None\n"
            "else:\n"
            "    CHOOSE",
            at=node.iter,
            **holes,
            NUMBER=ast.Constant(node.number),
            CHOOSE=choose,
        )

    def _Try(self, node: Any) -> Statements:
        return self._try_finally(node) if node.finalbody else self._try_except(node)

    def _try_except(self, node: Any) -> Statements:
        handlers = []
        entry: Statements = []
        for handler in node.handlers:
            handlers.append(self._handler(handler))
            if span(handler.body) is not None:
                raised = quote(
                    "BEFORE\nKEPT = RT.keep(CAUGHT)\nraise KEPT.exception",
                    at=handler,
                    **_HOLES,
                    BEFORE=self._cell_before(handler),
                    CAUGHT=handler.caught,
                )
                entry.append(self._if(_within(span(handler.body), handler), raised, handler))
        body = [*entry, *self._body(node.body)]
        return [placed(ast.Try(body, handlers, self.block(node.orelse), []), node)]

    def _handler(self, handler: Any) -> ast.ExceptHandler:
        inside = span(handler.body)
        caught = handler.type
        if inside is None:
            if caught is not None and not _is_signal(caught):
                caught = quote_expr("CLASS if R == 0 else ()", at=caught, **_HOLES, CLASS=caught)
            return placed(ast.ExceptHandler(caught, handler.name, handler.body), handler)
        if caught is not None:
            caught = quote_expr(
                "CLASS if R == 0 else RT.BaseException if WITHIN else ()",
                at=caught,
                **_HOLES,
                CLASS=caught,
                WITHIN=_within(inside, handler),
            )
        remember, body = handler.body[0], handler.body[1:]
        entered = quote(
            "if R == 0:\n    REMEMBER\nelse:\n    KEPT.restore()\n    BIND",
            at=handler,
            **_HOLES,
            REMEMBER=[remember],
            BIND=self._bind_again(handler, inside),
        )
        return placed(ast.ExceptHandler(caught, handler.name, [*entered, *self.block(body)]), handler)

    def _bind_again(self, handler: Any, inside: tuple[int, int]) -> Statements:
        """Entering it binds its name to the exception; the program may have bound it otherwise since."""
        bound = handler.name
        alias = f"@again:{bound}"
        if self.scope.is_captured(bound):
            return self._bind_alias(handler, alias)
        inner = self.points[inside[0] - 1 : inside[1]]
        if not bound or not any(bound in point.live for point in inner):
            return []
        for point in inner:
            if bound in point.live:
                self.aliases.setdefault(point.number, {})[bound] = alias
        holds = _one_of(point.number for point in inner if bound in point.live)
        test = quote_expr(f"R in {holds}", at=handler, **_HOLES)
        return [self._if(test, self._bind_alias(handler, alias), handler)]

    def _bind_alias(self, handler: Any, alias: str) -> Statements:
        again = quote("BOUND = ALIAS", at=handler, BOUND=handler.name, ALIAS=alias)
        return [*again, *_unbind(handler.name, handler)]

    def _cell_before(self, handler: Any) -> Statements:
        """What the variable of a handler holds, where it lives in a cell, before that is entered again."""
        if not self.scope.is_captured(handler.name):
            return []
        place = ast.Constant(self.scope.captured.index(handler.name))
        held = quote_expr("RT.content(CELLS[PLACE])", at=handler, CELLS=CELLS, PLACE=place)
        return quote("ALIAS = HELD", at=handler, ALIAS=f"@again:{handler.name}", HELD=held)

    def _try_finally(self, node: Any) -> Statements:
        body = self._body(node.body)
        (guard,) = node.finalbody
        final = guard.body
        shielded = getattr(node, "shielded", None)
        if shielded is None:
            return [placed(ast.Try(body, [], [], node.finalbody), node)]
        inside = span(final)
        entry = self._enter_finally(node, shielded)
        reached = _within(inside, node)
        body = quote(
            "if WITHIN:\n    ENTRY\nelse:\n    BODY", at=node, WITHIN=reached, ENTRY=entry, BODY=body
        )
        remember, rest = final[0], final[1:]
        entered = quote(
            "if R == 0:\n    REMEMBER\nelif not WHY:\n    KEPT.restore()",
            at=node,
            **_HOLES,
            REMEMBER=[remember],
            WHY=shielded.why,
        )
        guarded = placed(ast.If(guard.test, [*entered, *self.block(rest)], []), guard)
        return [placed(ast.Try(body, [], [], [guarded]), node)]

    def _enter_finally(self, node: Any, shielded: Any) -> Statements:
        """Do again what had led to the ``finally``."""
        jumps = {
            names.REASON_RETURN: "return RETURNED",
            names.REASON_BREAK: "break",
            names.REASON_CONTINUE: "continue",
        }
        holes = {"WHY": shielded.why, "RETURNED": shielded.returned, "RAISED": shielded.raised}
        result = quote(
            "if not WHY:\n    KEPT = RT.keep(RAISED)\n    raise KEPT.exception", at=node, **_HOLES, **holes
        )
        for reason in sorted(shielded.reasons):
            result += quote(f"if WHY == {reason}: {jumps[reason]}", at=node, **holes)
        return result


def _reached(at: ast.AST) -> ast.expr:
    return quote_expr("R == 0", at=at, **_HOLES)


def _guarded(run: Statements) -> Statements:
    return quote("if TEST: BODY", at=run[0], TEST=_reached(run[0]), BODY=run) if run else []


def _within(inside: tuple[int, int] | None, at: ast.AST) -> ast.expr:
    """Whether the point to reach is in a block."""
    if inside is None:
        return placed(ast.Constant(False), at)
    first, last = (ast.Constant(number) for number in inside)
    return quote_expr("FIRST <= R <= LAST", at=at, **_HOLES, FIRST=first, LAST=last)


def _due(inside: tuple[int, int] | None, at: ast.AST) -> ast.expr:
    return quote_expr("R == 0 or WITHIN", at=at, **_HOLES, WITHIN=_within(inside, at))


def _test(test: ast.expr, inside: tuple[int, int] | None, at: ast.AST) -> ast.expr:
    """A condition, which is not evaluated when its block is entered again."""
    return quote_expr("TEST if R == 0 else WITHIN", at=test, **_HOLES, TEST=test, WITHIN=_within(inside, at))


def _unbind(kept: str, at: ast.AST) -> Statements:
    return quote("if KEPT is RT.UNBOUND: del KEPT", at=at, KEPT=kept)


def _is_signal(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "Signal" and isinstance(node.value, ast.Constant)


def _one_of(numbers: Any) -> str:
    return "(" + "".join(f"{number}, " for number in numbers) + ")"
