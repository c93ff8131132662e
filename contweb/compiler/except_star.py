"""``except*`` as what it stands for (PEP 654), so that its parts have names.

    try:                              try:
        f()                               f()
    except* ValueError as error:      except BaseException:
        g(error)                          @t1 = @t2 = exception()
                                          @a1 = []
                                          @t3 = ValueError
                                          star_type(@t3)()
                                          @t3, @t2 = star_match(@t2, @t3)
                                          if @t3 is not None:
                                              try:
                                                  try: raise @t3
                                                  except BaseException as error: g(error)
                                              except BaseException: @a1.append(exception())
                                          (raise what is left of @t1, @t2 and @a1, if anything)

A ``finally`` around it stays as it is.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.names import Fresh
from contweb.compiler.quote import placed, quote, quote_expr


def as_handler(node: ast.TryStar, fresh: Fresh) -> ast.Try:
    """The same with one plain handler."""
    holes: dict[str, Any] = {
        "WHOLE": fresh("t"),
        "REST": fresh("t"),
        "MATCH": fresh("t"),
        "KEPT": fresh("k"),
        "RAISED": fresh("a"),
    }
    body = quote("WHOLE = REST = RT.exception()\nRAISED = []", at=node, **holes)
    for handler in node.handlers:
        body += _clause(handler, holes)
    body += quote(
        "MATCH = RT.star_result(WHOLE, RAISED, REST)\n"
        "if MATCH is not None:\n"
        "    KEPT = RT.keep(MATCH)\n"
        "    try: raise KEPT.exception\n"
        "    finally: KEPT.restore()\n"
        "MATCH = REST = WHOLE = RAISED = None",
        at=node,
        **holes,
    )
    everything = quote_expr("RT.BaseException", at=node)
    caught = placed(ast.ExceptHandler(everything, None, body), node)
    return placed(ast.Try(node.body, [caught], node.orelse, node.finalbody), node)


def _clause(handler: ast.ExceptHandler, holes: dict[str, Any]) -> list[ast.stmt]:
    assert handler.type is not None
    everything = quote_expr("RT.BaseException", at=handler)
    body = [*quote("KEPT.restore()", at=handler, **holes), *handler.body]
    own = placed(ast.ExceptHandler(everything, handler.name, body), handler)
    raised = placed(ast.Try(quote("raise KEPT.exception", at=handler, **holes), [own], [], []), handler)
    return quote(
        "MATCH = CLASS\n"
        "RT.star_type(MATCH)()\n"
        "MATCH, REST = RT.star_match(REST, MATCH)\n"
        "if MATCH is not None:\n"
        "    try:\n"
        "        KEPT = RT.keep(MATCH)\n"
        "        MATCH = None\n"
        "        RUN\n"
        "    except RT.BaseException:\n"
        "        RAISED.append(RT.exception())",
        at=handler,
        **holes,
        CLASS=handler.type,
        RUN=[raised],
    )
