"""What a function's source says, as a few bytes: the same on every Python, wherever the file is, whatever the layout.

Comments, layout, docstrings, annotations and positions do not count.
"""

from __future__ import annotations

import ast
import hashlib

FORMAT = b"contweb 1"  # changes when the same source would be compiled into other points or names
_LEFT_OUT = frozenset(
    {"type_comment", "type_params", "annotation", "returns", "ctx", "kind", "decorator_list"}
)


def fingerprint(node: ast.FunctionDef, free: tuple[str, ...]) -> bytes:
    """Eight bytes. ``free`` are the variables that it has from around it."""
    digest = hashlib.blake2b(FORMAT, digest_size=8)
    digest.update(repr(sorted(free)).encode())
    digest.update(normal_form(node).encode())
    return digest.digest()


def normal_form(node: object) -> str:
    """The tree as text, without what does not matter."""
    if isinstance(node, list):
        return "[" + ",".join(normal_form(item) for item in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = []
    for field in node._fields:
        value = getattr(node, field, None)
        if field not in _LEFT_OUT and value is not None and value != []:
            fields.append(f"{field}={normal_form(_body(node, value) if field == 'body' else value)}")
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return f"Assign(targets=[{normal_form(node.target)}],value={normal_form(node.value)})"
    return f"{type(node).__name__}({','.join(fields)})"


def _body(node: ast.AST, body: object) -> object:
    """The body of a function without its docstring."""
    is_definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    if is_definition and isinstance(body, list) and ast.get_docstring(node, clean=False) is not None:  # type: ignore[arg-type]
        return body[1:]
    return body
