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
lambda, decorator or augmented assignment around a point, and each assignment around a point has one target.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

from contweb.compiler.calls import Facts, any_point, has_point, mark
from contweb.compiler.comprehensions import as_function, as_loops
from contweb.compiler.except_star import as_handler
from contweb.compiler.names import Fresh, defined
from contweb.compiler.quote import Node, assign, name, placed, quote, quote_expr
from contweb.compiler.scopes import captures_variable
from contweb.compiler.source import lambda_as_function
from contweb.compiler.tree import do

Statements = list[ast.stmt]


def desugar(function: ast.FunctionDef, facts: Facts, fresh: Fresh) -> None:
    """Rewrite the body of a function; not of the functions inside it."""
    function.body = _Desugar(facts, fresh).block(function.body)


class _Desugar:
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
        if not has_point(node) and not (self.protected and _jumps_through_with(node)):
            return [node]
        visit = getattr(self, f"_{type(node).__name__}", None)
        if visit is None:
            return [self._plain(node)]
        result: Statements = visit(node)
        return result

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

    # Statements, in the order of the language reference.

    def _Assign(self, node: ast.Assign) -> Statements:
        if len(node.targets) == 1 and not has_point(node.targets[0]):
            return [self._plain(node)]
        value = self.fresh("t")
        result: Statements = [assign(value, self.expr(node.value), at=node)]
        for target in node.targets:
            result += self.store(target, name(value, at=node))
        return result

    def store(self, target: ast.expr, value: ast.expr) -> Statements:
        """``target = value``, taken apart where the target has points."""
        if isinstance(target, ast.Tuple | ast.List) and has_point(target):
            return self._store_parts(target, value)
        return [placed(ast.Assign([self.expr(target)], value), target)]

    def _store_parts(self, target: ast.Tuple | ast.List, value: ast.expr) -> Statements:
        parts: list[ast.expr] = []
        later: Statements = []
        for element in target.elts:
            starred = isinstance(element, ast.Starred)
            inner: ast.expr = element.value if isinstance(element, ast.Starred) else element
            part = self.fresh("t")
            stored: ast.expr = name(part, at=inner, store=True)
            parts.append(placed(ast.Starred(stored, ast.Store()), element) if starred else stored)
            later += self.store(inner, name(part, at=inner))
        target.elts = parts
        return [placed(ast.Assign([target], value), target), *later]

    def _AnnAssign(self, node: ast.AnnAssign) -> Statements:
        if node.value is None:
            target: Any = node.target  # its parts are evaluated, but it is not read
            parts = [target.value, *([as_value(target.slice)] if isinstance(target, ast.Subscript) else [])]
            return [placed(ast.Expr(self.expr(part)), node) for part in parts]
        plain = placed(ast.Assign([node.target], node.value), node)
        return self._Assign(plain)

    def _AugAssign(self, node: ast.AugAssign) -> Statements:
        """The target's object and index once, its old value, then the right side, then the operation."""
        before: Statements = []
        loaded, stored = self._twice(node.target, before)
        result = self.fresh("t")
        return [
            *before,
            assign(result, loaded, at=node),
            placed(
                ast.AugAssign(name(result, at=node, store=True), node.op, self.expr(node.value)),
                node,
            ),
            placed(ast.Assign([stored], name(result, at=node)), node),
        ]

    def _twice(self, target: ast.expr, before: Statements) -> tuple[Any, Any]:
        """The target to read and to write, its parts evaluated in ``before``."""
        if isinstance(target, ast.Name):
            return name(target.id, at=target), target
        if isinstance(target, ast.Attribute):
            base = self._kept(target.value, before)
            return (
                placed(ast.Attribute(name(base, at=target), target.attr, ast.Load()), target),
                placed(ast.Attribute(name(base, at=target), target.attr, ast.Store()), target),
            )
        assert isinstance(target, ast.Subscript)
        base = self._kept(target.value, before)
        index = self._kept(as_value(target.slice), before)
        return (
            placed(ast.Subscript(name(base, at=target), name(index, at=target), ast.Load()), target),
            placed(ast.Subscript(name(base, at=target), name(index, at=target), ast.Store()), target),
        )

    def _kept(self, node: ast.expr, before: Statements) -> str:
        kept = self.fresh("t")
        before.append(assign(kept, self.expr(node)))
        return kept

    def _Assert(self, node: ast.Assert) -> Statements:
        shown = node.test if sys.version_info >= (3, 13) else node  # where Python itself says that it failed
        error = quote_expr("RT.AssertionError", at=shown)
        if node.msg is not None:
            error = placed(ast.Call(error, [node.msg], []), node.msg)
        checked = quote("if __debug__:\n    if not TEST: raise ERROR", at=shown, TEST=node.test, ERROR=error)
        return self.block(checked)

    def _Delete(self, node: ast.Delete) -> Statements:
        result: Statements = []
        for target in node.targets:
            elements = target.elts if isinstance(target, ast.Tuple | ast.List) else None
            if elements is not None and has_point(target):
                result += self._Delete(placed(ast.Delete(elements), target))
            else:
                result.append(placed(ast.Delete([self.expr(target)]), node))
        return result

    def _While(self, node: ast.While) -> Statements:
        if not has_point(node.test):
            return [self._plain(node)]
        body = self.block(node.body)
        test = self.expr(node.test)
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
        own = self._is_own(node.iter)
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

    def _is_own(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.facts.is_builtin(node.func.id)
        return isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict | ast.JoinedStr)

    def _Try(self, node: ast.Try) -> Statements:
        protect = self._protect if node.finalbody else self.block
        node.handlers = self._handlers(node.handlers)
        for handler in node.handlers:
            handler.body = protect(handler.body)
        node.body = protect(node.body)
        node.orelse = protect(node.orelse)
        node.finalbody = self.block(node.finalbody)
        return [node]

    def _TryStar(self, node: ast.TryStar) -> Statements:
        return self._Try(as_handler(node, self.fresh))

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
        inside = inside or (self.protected > 0 and _jumps_through_with(node))
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
                GUARD=self.expr(guard),
            )
        return result if first else quote("if CHOSEN == 0:\n    REST", at=node, CHOSEN=chosen, REST=result)

    def _FunctionDef(self, node: ast.FunctionDef) -> Statements:
        return self._decorated(node)

    def _ClassDef(self, node: ast.ClassDef) -> Statements:
        return self._decorated(node)

    def _decorated(self, node: ast.FunctionDef | ast.ClassDef) -> Statements:
        if not node.decorator_list:
            return [self._plain_head(node)]
        own_name = node.name
        result: Statements = []
        decorators = []
        for decorator in node.decorator_list:
            kept = self.fresh("t")
            result.append(assign(kept, self.expr(decorator)))
            decorators.append((kept, decorator))
        node.decorator_list = []
        node.name = defined(own_name)
        decorated: ast.expr = name(node.name, at=decorators[-1][1])
        for kept, decorator in reversed(decorators):
            decorated = mark(placed(ast.Call(name(kept, at=decorator), [decorated], []), decorator))
        return [*result, self._plain_head(node), assign(own_name, decorated)]

    def _plain_head(self, node: Any) -> Any:
        """Desugar what a definition evaluates around it."""
        if isinstance(node, ast.ClassDef):
            node.bases = [self.expr(base) for base in node.bases]
            for keyword in node.keywords:
                keyword.value = self.expr(keyword.value)
        else:
            node.args.defaults = [self.expr(default) for default in node.args.defaults]
            node.args.kw_defaults = [default and self.expr(default) for default in node.args.kw_defaults]
            for argument in annotated(node):
                argument.annotation = self.expr(argument.annotation)
            if getattr(node, "returns", None):
                node.returns = self.expr(node.returns)
        return node

    # Expressions.

    def expr(self, node: Any) -> Any:
        if not has_point(node):
            return node
        visit = getattr(self, f"_{type(node).__name__}", None)
        return self._plain(node) if visit is None else visit(node)

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
        result, first = self.fresh("t"), self.fresh("t")
        left = first
        parts = []
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.fresh("t")
            compared = placed(
                ast.Compare(name(left, at=node), [operator], [name(right, at=comparator)]), node
            )
            parts.append(
                (comparator, [assign(right, self.expr(comparator)), assign(result, compared, at=node)])
            )
            left = right
        body: Statements = []
        for comparator, steps in reversed(parts[1:]):
            body = quote("if RESULT:\n    REST", at=comparator, RESULT=result, REST=[*steps, *body])
        return do([assign(first, self.expr(node.left)), *parts[0][1], *body], name(result, at=node))

    def _IfExp(self, node: ast.IfExp) -> ast.expr:
        if not (has_point(node.body) or has_point(node.orelse)):
            return self._plain(node)
        result = self.fresh("t")
        chosen = quote(
            "if TEST:\n    YES\nelse:\n    NO",
            at=node,
            TEST=self.expr(node.test),
            YES=[assign(result, self.expr(node.body))],
            NO=[assign(result, self.expr(node.orelse))],
        )
        return do(chosen, name(result, at=node))

    def _NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        stored = placed(ast.Assign([node.target], self.expr(node.value)), node)
        return do([stored], name(node.target.id, at=node))

    def _Lambda(self, node: ast.Lambda) -> ast.expr:
        if not getattr(node, "suspends", False):
            self._plain_head(node)
            return node
        function = lambda_as_function(node, defined("<lambda>"))
        self._plain_head(function)
        return do([function], name(function.name, at=node))

    def _ListComp(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> ast.expr:
        if not inside_has_point(node):
            node.generators[0].iter = self.expr(node.generators[0].iter)
            return node
        if captures_variable(node):
            function, iterable = as_function(node, self.facts.scope)
            call = mark(quote_expr("FUNCTION(ITERABLE)", at=node, FUNCTION=function.name, ITERABLE=iterable))
            return do([function], self.expr(call))
        statements, value = as_loops(node, self.fresh)
        return do(self.block(statements), value)

    _SetComp = _ListComp
    _DictComp = _ListComp

    def _GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        node.generators[0].iter = self.expr(node.generators[0].iter)
        return node


def inside_has_point(node: ast.ListComp | ast.SetComp | ast.DictComp) -> bool:
    """Whether there is a point besides those of the first iterable, which is evaluated around it."""
    rest = [child for child in ast.iter_child_nodes(node) if child is not node.generators[0]]
    first = node.generators[0]
    return any_point([*rest, first.target, *first.ifs])


def annotated(node: Any) -> list[ast.arg]:
    """The parameters with annotations, in the order in which Python evaluates these."""
    given = node.args
    ordered = [*given.args, *given.posonlyargs, given.vararg, *given.kwonlyargs, given.kwarg]
    return [argument for argument in ordered if argument is not None and argument.annotation is not None]


def as_value(node: ast.expr) -> ast.expr:
    """A slice as an expression that stands by itself."""
    if not isinstance(node, ast.Slice):
        return node
    parts = [part or placed(ast.Constant(None), node) for part in (node.lower, node.upper, node.step)]
    return quote_expr("RT.slice(LOWER, UPPER, STEP)", at=node, LOWER=parts[0], UPPER=parts[1], STEP=parts[2])


def _jumps_through_with(node: ast.stmt) -> bool:
    """Whether a jump in it may leave a ``with``, whose end may then raise, or swallow, an exception."""
    return any(
        isinstance(jump, ast.Return | ast.Break | ast.Continue)
        for managed in ast.walk(node)
        if isinstance(managed, ast.With)
        for jump in ast.walk(managed)
    )


def _runs(cases: list[ast.match_case]) -> list[list[tuple[int, ast.match_case]]]:
    """The cases in groups that Python can try in one match: a guard with points ends a group."""
    runs: list[list[tuple[int, ast.match_case]]] = [[]]
    for number, case in enumerate(cases, 1):
        runs[-1].append((number, case))
        if has_point(case.guard):
            runs.append([])
    return [run for run in runs if run]
