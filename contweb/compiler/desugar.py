"""Pass: sugar around points becomes plain statements, so that nothing hides on Python's stack.

    for x in f(a):                    @i1 = iter(f(a))
        ask(x)                        for x in @i1:
                                          ask(x)
                                      @i1 = None

    p = a() and b()                   p = (do: @t1 = a()
                                               if @t1: @t1 = b()
                                           in @t1)

Only what contains a point is changed. An expression that needs statements becomes a ``Do``, which the next
pass (``anf``) puts before the statement it stands in. Relies on ``calls``. Afterwards there is no ``with``,
``match``, ``assert``, comprehension, ``and``/``or``, chained comparison, conditional expression, walrus,
lambda or decorator around a point; each assignment around a point has one target, which is a name in an
augmented one.
"""

from __future__ import annotations

import ast
import sys

from contweb.compiler.calls import Facts, any_point, has_point, mark
from contweb.compiler.comprehensions import Stored
from contweb.compiler.desugar_bindings import Bindings
from contweb.compiler.desugar_expressions import Statements, jumps_through_with
from contweb.compiler.except_star import as_handler
from contweb.compiler.names import Fresh
from contweb.compiler.quote import assign, name, placed, quote, quote_expr
from contweb.compiler.scopes import free_names


def desugar(function: ast.FunctionDef, facts: Facts, fresh: Fresh) -> None:
    """Rewrite the body of a function; not of the functions inside it."""
    function.body = _Desugar(facts, fresh).block(function.body)


class _Desugar(Bindings):
    """Has the methods for statements that decide what is run."""

    def _Assert(self, node: ast.Assert) -> Statements:
        shown = node.test if sys.version_info >= (3, 13) else node  # where Python itself says that it failed
        error = quote_expr("RT.AssertionError", at=shown)
        if node.msg is not None:
            error = placed(ast.Call(error, [node.msg], []), node.msg)
        checked = quote("if __debug__:\n    if not TEST: raise ERROR", at=shown, TEST=node.test, ERROR=error)
        return self.block(checked)

    def _If(self, node: ast.If) -> Statements:
        node.test = self.test(node.test)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return [node]

    def _While(self, node: ast.While) -> Statements:
        if not has_point(node.test):
            return [self._plain(node)]
        body = self.block(node.body)
        test = self.test(node.test)
        if not node.orelse:
            return quote("while True:\n    if not TEST: break\n    BODY", at=node, TEST=test, BODY=body)
        return quote(
            "OVER = False\n"
            "while True:\n"
            "    if not TEST:\n"
            "        OVER = True\n"
            "        break\n"
            "    BODY\n"
            "if OVER: ELSE",
            at=node,
            OVER=self.fresh("t"),
            TEST=test,
            BODY=body,
            ELSE=self.block(node.orelse),
        )

    def _For(self, node: ast.For) -> Statements:
        """The loop's iterator gets a name.

        One that is made by a builtin is the loop's alone, and never a flow's; any other may be known to the
        program, and may be a flow generator: then the loop's head is a point.
        """
        own = self.is_own(node.iter)
        if own and not (has_point(node.target) or any_point(node.body) or any_point(node.orelse)):
            return [self._plain(node)]
        iterator = self.fresh("i")
        template = "RT.iter(ITERATOR)" if own else "RT.loop_over(ITERATOR, RT.iter(ITERATOR))"
        start = [
            assign(iterator, self.expr(node.iter)),
            assign(iterator, quote_expr(template, at=node.iter, ITERATOR=iterator)),
        ]
        over = assign(iterator, placed(ast.Constant(None), node.iter))
        body = self.block(node.body)
        target = node.target
        if has_point(target):
            item = self.fresh("t")
            body = self.store(target, name(item, at=target)) + body
            target = name(item, at=target, store=True)
        orelse = [over, *self.block(node.orelse)] if node.orelse else []
        loop = placed(ast.For(target, name(iterator, at=node.iter), body, orelse), node)
        setattr(loop, "may_suspend", not own)
        return [*start, loop, over]

    def _Try(self, node: ast.Try) -> Statements:
        protect = self._protect if node.finalbody else self.block
        node.handlers = self._handlers(node.handlers)
        for handler in node.handlers:
            handler.body = protect(self._shared_name(handler))
        node.body = protect(node.body)
        node.orelse = protect(node.orelse)
        node.finalbody = self.block(node.finalbody)
        return [node]

    def _TryStar(self, node: ast.TryStar) -> Statements:
        return self._Try(as_handler(node, self.fresh))

    def _shared_name(self, handler: ast.ExceptHandler) -> Statements:
        """A handler's body. Python unbinds its name when the handler is left; if others know the variable, a
        capture may not do so, nor may it be bound again when the handler is entered again."""
        if handler.name is None or not any_point(handler.body) or not self._is_shared(handler.name, handler):
            return handler.body
        body = quote(
            "BOUND = RT.exception()\ntry:\n    BODY\nfinally:\n    BOUND = None\n    del BOUND",
            at=handler,
            BOUND=handler.name,
            BODY=handler.body,
        )
        handler.name = None
        return body

    def _is_shared(self, name: str, inside: ast.AST) -> bool:
        """Whether a variable is known to others, or to a comprehension, which may become a function."""
        scope = self.facts.scope
        return (
            scope.is_captured(name)
            or name in scope.declared_global
            or any(name in free_names(part) for part in ast.walk(inside) if isinstance(part, Stored))
        )

    def _handlers(self, handlers: list[ast.ExceptHandler]) -> list[ast.ExceptHandler]:
        """A class that is computed by a call is computed inside a handler, which then tries again."""
        number = next((number for number, handler in enumerate(handlers) if has_point(handler.type)), None)
        if number is None:
            return handlers
        handler = handlers[number]
        assert handler.type is not None
        kind = self.fresh("t")
        computed = assign(kind, handler.type)
        handler.type = name(kind, at=handler.type)
        again = placed(ast.Try([placed(ast.Raise(None, None), handler)], handlers[number:], [], []), handler)
        everything = quote_expr("RT.BaseException", at=handler)
        outer = placed(ast.ExceptHandler(everything, None, [computed, again]), handler)
        return [*handlers[:number], outer]

    def _With(self, node: ast.With) -> Statements:
        inside = any_point(node.body) or any(has_point(item.optional_vars) for item in node.items)
        inside = inside or (self.protected > 0 and jumps_through_with(node))
        if len(node.items) > 1:
            rest = placed(ast.With(node.items[1:], node.body), node)
            return self._With(placed(ast.With(node.items[:1], [rest]), node))
        if not inside:
            return [self._plain(node)]
        return self._managed(node, node.items[0])

    def _managed(self, node: ast.With, item: ast.withitem) -> Statements:
        """As PEP 343 spells it. ``__exit__`` is looked up on the manager's class, as Python does."""
        context = item.context_expr
        manager, left = self.fresh("m"), self.fresh("h")
        entered = mark(quote_expr("RT.enter(MANAGER)()", at=context, MANAGER=manager))
        enter: Statements
        if item.optional_vars is None:
            enter, bind = [placed(ast.Expr(entered), context)], []
        else:
            value = self.fresh("t")
            enter = [assign(value, entered)]
            bind = self.store(item.optional_vars, name(value, at=item.optional_vars))
        failed = mark(quote_expr("RT.exit(MANAGER)(*RT.exc_info())", at=context, MANAGER=manager))
        ended = mark(quote_expr("RT.exit(MANAGER)(None, None, None)", at=context, MANAGER=manager))
        managed = quote(
            "LEFT = False\n"
            "try:\n"
            "    try:\n"
            "        BODY\n"
            "    except RT.BaseException:\n"
            "        LEFT = True\n"
            "        if not FAILED: raise\n"
            "finally:\n"
            "    if not LEFT: ENDED",
            at=context,
            LEFT=left,
            BODY=[*bind, *self._protect(node.body)],
            FAILED=failed,
            ENDED=[placed(ast.Expr(ended), context)],
        )
        return [
            assign(manager, self.expr(context)),
            *enter,
            *managed,
            *quote("MANAGER = None", at=context, MANAGER=manager),
        ]

    def _Match(self, node: ast.Match) -> Statements:
        """Python matches, and says which case; what the case does stands behind the match."""
        if not any_point([case.guard for case in node.cases] + [s for case in node.cases for s in case.body]):
            return [self._plain(node)]
        subject, chosen = self.fresh("t"), self.fresh("t")
        result: Statements = [
            assign(subject, self.expr(node.subject)),
            *quote("CHOSEN = 0", at=node, CHOSEN=chosen),
        ]
        for run in _runs(node.cases):
            result += self._choose(node, run, subject, chosen, first=run[0][0] == 1)
        branches: Statements = []
        for number, case in reversed(list(enumerate(node.cases, 1))):
            otherwise = "\nelse:\n    REST" if branches else ""
            branches = quote(
                f"if CHOSEN == NUMBER:\n    BODY{otherwise}",
                at=case.pattern,
                CHOSEN=chosen,
                NUMBER=ast.Constant(number),
                BODY=self.block(case.body),
                REST=branches,
            )
        return result + branches

    def _choose(
        self, node: ast.Match, run: list[tuple[int, ast.match_case]], subject: str, chosen: str, first: bool
    ) -> Statements:
        number, last = run[-1]
        guard = last.guard if has_point(last.guard) else None
        cases = [
            ast.match_case(
                case.pattern,
                None if has_point(case.guard) else case.guard,
                quote("CHOSEN = NUMBER", at=case.pattern, CHOSEN=chosen, NUMBER=ast.Constant(place)),
            )
            for place, case in run
        ]
        result: Statements = [placed(ast.Match(name(subject, at=node), cases), node)]
        if guard is not None:
            result += quote(
                "if CHOSEN == NUMBER:\n    if not GUARD: CHOSEN = 0",
                at=guard,
                CHOSEN=chosen,
                NUMBER=ast.Constant(number),
                GUARD=self.test(guard),
            )
        return result if first else quote("if CHOSEN == 0:\n    REST", at=node, CHOSEN=chosen, REST=result)


def _runs(cases: list[ast.match_case]) -> list[list[tuple[int, ast.match_case]]]:
    """The cases in groups that Python can try in one match: a guard with points ends a group."""
    runs: list[list[tuple[int, ast.match_case]]] = [[]]
    for number, case in enumerate(cases, 1):
        runs[-1].append((number, case))
        if has_point(case.guard):
            runs.append([])
    return [run for run in runs if run]
