"""Pass: a generator becomes a function that makes a flow generator of its body.

    def count(n):                     def count(n):
        while n:                          def count(n):
            yield n                           while n:
            n -= 1                                produce(n)
                                          return generator(count, (n,))

A ``yield`` is then a call like any other: the point at which the body is left, and entered again when the
next item is wanted. ``yield from`` becomes the loop that PEP 380 says it stands for.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.head import head
from contweb.compiler.names import Fresh, body_of
from contweb.compiler.quote import function_def, name, placed, quote, quote_expr
from contweb.compiler.scopes import parameter_names
from contweb.compiler.tree import OwnCode, do

_DELEGATE = """
ITERATOR = RT.delegate(ITERABLE)
SENT = THROWN = None
while True:
    try:
        if THROWN is None:
            ITEM = RT.sender(ITERATOR, SENT)()
        else:
            ITEM = RT.thrower(ITERATOR, THROWN)()
    except RT.StopIteration:
        RESULT = RT.exception().value
        break
    THROWN = None
    try:
        SENT = RT.produce(ITEM)
    except RT.BaseException:
        THROWN = RT.exception()
"""


def generators(function: ast.FunctionDef) -> None:
    """Rewrite a function if it is a generator; not the functions inside it."""
    if not is_generator(function):
        return
    rewriter = _Yields()
    body = [rewriter.visit(statement) for statement in function.body]
    documented = ast.get_docstring(function, clean=False) is not None
    parameters = list(parameter_names(function.args))
    arguments = ast.arguments(
        posonlyargs=[],
        args=[placed(ast.arg(parameter), function) for parameter in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    inner = function_def(body_of(function.name), arguments, body, at=function)
    given = placed(
        ast.Tuple([name(parameter, at=function) for parameter in parameters], ast.Load()), function
    )
    made = quote("return RT.generator(BODY, GIVEN)", at=function, BODY=inner.name, GIVEN=given)
    function.body = [*body[: 1 if documented else 0], inner, *made]


def is_generator(node: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a function is a generator: a yield stands in it, outside the functions inside it."""
    pending: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return True
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(head(part))
        else:
            pending.extend(ast.iter_child_nodes(part))
    return False


class _Yields(OwnCode):
    def __init__(self) -> None:
        self._fresh = Fresh(":made")

    def visit_Yield(self, node: ast.Yield) -> Any:
        self.generic_visit(node)
        return quote_expr("RT.produce(ITEM)", at=node, ITEM=node.value or placed(ast.Constant(None), node))

    def visit_YieldFrom(self, node: ast.YieldFrom) -> Any:
        self.generic_visit(node)
        holes: dict[str, Any] = {
            hole: self._fresh("y") for hole in ("ITERATOR", "SENT", "THROWN", "ITEM", "RESULT")
        }
        body = quote(_DELEGATE, at=node, ITERABLE=node.value, **holes)
        return do(body, name(holes["RESULT"], at=node))
