"""Trees as text, for people: ``contweb compile``, and the expected outputs of tests.

As ``ast.unparse`` prints them, but for a ``Do``:

    p = (do:
            @t1 = a()
            if @t1:
                @t1 = b()
        in @t1)
"""

from __future__ import annotations

import ast
import re
from textwrap import indent

from contweb.compiler.quote import is_runtime
from contweb.compiler.source import copy_tree
from contweb.compiler.tree import Do

_MARK = re.compile("@do(\\d+)@")


def show(tree: ast.AST) -> str:
    """The source that the tree would have; hidden names and the run time's constant as they stand in it."""
    marker = _Marker()
    text = ast.unparse(marker.visit(copy_tree(tree)))
    return "\n".join(_filled(line, marker.texts) for line in text.splitlines())


def _filled(line: str, texts: list[str]) -> str:
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    return _MARK.sub(lambda found: texts[int(found[1])].replace("\n", "\n" + margin), line)


class _Marker(ast.NodeTransformer):
    """Puts a name in the place of each ``Do``, and keeps what it stands for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def visit_Do(self, node: Do) -> ast.expr:
        body = "\n".join(show(statement) for statement in node.body)
        self.texts.append(f"(do:\n{indent(body, '    ')}\nin {show(node.value)})")
        return ast.Name(f"@do{len(self.texts) - 1}@", ast.Load())

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant("@contweb") if is_runtime(node) else node
