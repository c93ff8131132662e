"""What a function's source says, as a few bytes: the same wherever the file is, and on every Python that
compiles it in the same way.

Comments, layout, docstrings, annotations of variables and positions do not count.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable

from contweb.compiler.head import is_annotated_later

FORMAT = b"contweb 4"  # changes when the same source would be compiled into other points or names
_LEFT_OUT = frozenset({"type_comment", "ctx", "kind"})


def fingerprint(node: ast.FunctionDef, free: tuple[str, ...], facts: Callable[[str], str]) -> bytes:
    """Eight bytes. ``free`` are the variables that it has from around it.

    ``facts`` says of a name what its module says of it, as far as that changes how the function is compiled.
    """
    digest = hashlib.blake2b(FORMAT, digest_size=8)
    names = sorted({part.id for part in ast.walk(node) if isinstance(part, ast.Name)})
    digest.update(repr((sorted(free), [(name, facts(name)) for name in names])).encode())
    digest.update(b"annotated later" if is_annotated_later(node) else b"")
    digest.update(normal_form([_bare(node.args), _body(node, node.body)]).encode())
    return digest.digest()


def with_particulars(fingerprint: bytes, particular: set[str]) -> bytes:
    """The fingerprint of a function in which other versions of Python have something compiled in another way,
    so that what is saved on one cannot be gone on with on the other."""
    if not particular:
        return fingerprint
    return hashlib.blake2b(fingerprint + repr(sorted(particular)).encode(), digest_size=8).digest()


def _bare(arguments: ast.arguments) -> list[object]:
    """The function's own parameters: its defaults and annotations were evaluated when it was defined."""
    named = [
        [argument.arg for argument in group]
        for group in (arguments.posonlyargs, arguments.args, arguments.kwonlyargs)
    ]
    return [*named, *(rest and rest.arg for rest in (arguments.vararg, arguments.kwarg))]


def normal_form(node: object) -> str:
    """The tree as text, without what does not matter."""
    if isinstance(node, list):
        return "[" + ",".join(normal_form(item) for item in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.AnnAssign):
        value = "" if node.value is None else f",value={normal_form(node.value)}"
        return f"Assign(targets=[{normal_form(node.target)}]{value})"
    fields = []
    for field in node._fields:
        part = getattr(node, field, None)
        if field not in _LEFT_OUT and part is not None and part != []:
            fields.append(f"{field}={normal_form(_body(node, part) if field == 'body' else part)}")
    return f"{type(node).__name__}({','.join(fields)})"


def _body(node: ast.AST, body: object) -> object:
    """The body of a function without its docstring."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and isinstance(body, list):
        return body if ast.get_docstring(node, clean=False) is None else body[1:]
    return body
