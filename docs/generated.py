"""What the documentation shows of the code, made from the code: it cannot differ from it.

A page has a comment where something belongs, as ``<!-- table of refusals -->`` and
``<!-- total: plain -->``; ``fill`` puts it there when Sphinx reads the page.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache

import contweb
from contweb import flow, suspend
from contweb.compiler.check import REFUSED
from contweb.compiler.names import RUNTIME
from contweb.compiler.pipeline import compile_flow
from contweb.runtime.support import SUPPORT
from contweb.web.request import Request
from contweb.web.session import Session

MARK = re.compile(r"<!-- (table of refusals|public names|(\w+): (plain|twin)) -->")


def fill(text: str) -> str:
    """The text of a page with everything that is made from the code."""
    return MARK.sub(lambda mark: program(mark[2], mark[3]) if mark[2] else MADE[mark[1]](), text)


def refusals() -> str:
    """A table of what is refused at import, from the compiler's own."""
    rows = [f"| {construct} | {reason} | {instead} |" for construct, reason, instead in REFUSED.values()]
    return "\n".join(["| refused | because | instead |", "|---|---|---|", *rows])


# ------------------------------------------------------------------------------------ the public names


def public_names() -> str:
    """Every public name with what it says of itself; errors come last."""
    errors = [name for name in contweb.__all__ if is_error(name)]
    others = [name for name in contweb.__all__ if name not in errors]
    return "\n\n".join([*map(entry, others), "## Errors", *map(entry, errors)])


def is_error(name: str) -> bool:
    value = getattr(contweb, name)
    return isinstance(value, type) and issubclass(value, Exception)


def entry(name: str) -> str:
    """What one public name is."""
    value = INSTANCES.get(name, getattr(contweb, name))
    parts = [f"{'###' if is_error(name) else '##'} {name}"]
    if inspect.isfunction(value):
        parts.append(f"```python\n{name}{signature(value)}\n```")
    parts.append(markdown(inspect.getdoc(value) or ""))
    if isinstance(value, type):
        parts.append("\n".join(f"* `{name}.{method}`: {said}" for method, said in methods(value)))
    return "\n\n".join(parts)


def methods(kind: type) -> Iterator[tuple[str, str]]:
    """Its public methods that are ours, with what they say of themselves."""
    for name, method in inspect.getmembers(kind, inspect.isroutine):
        if not name.startswith("_") and (getattr(method, "__module__", None) or "").startswith("contweb."):
            yield name, sentence(method)


def signature(function: Callable) -> inspect.Signature:
    """Its signature, with annotations as they are written."""
    given = inspect.signature(function)
    parameters = [each.replace(annotation=bare(each.annotation)) for each in given.parameters.values()]
    return given.replace(parameters=parameters, return_annotation=bare(given.return_annotation))


def bare(annotation: object) -> object:
    return Bare(annotation) if isinstance(annotation, str) else annotation


class Bare(str):
    """A text that shows as it is."""

    __repr__ = str.__str__


def sentence(value: object) -> str:
    """The first paragraph of what it says of itself."""
    return " ".join((inspect.getdoc(value) or "").partition("\n\n")[0].split())


def markdown(doc: str) -> str:
    """A docstring in our form as Markdown: sections become lists, indented text code."""
    return "\n\n".join(part for paragraph in re.split(r"\n\s*\n", doc) for part in section(paragraph))


def section(paragraph: str) -> Iterator[str]:
    head, _, rest = paragraph.partition("\n")
    if re.fullmatch(r"[A-Z][a-z]+:", head) and rest.startswith("    "):
        yield f"**{head[:-1]}**"
        yield code(rest) if head == "Example:" and "`" not in rest else items(rest)
    elif paragraph.startswith("    "):
        yield code(paragraph)
    else:
        yield paragraph


def items(text: str) -> str:
    """Indented lines as a list; those that are indented further go on with the one before."""
    return "\n".join(f"* {each.strip()}" for each in re.sub(r"\n {5,}", " ", text).splitlines())


def code(text: str) -> str:
    return f"```python\n{inspect.cleandoc(text)}\n```"


INSTANCES = {"request": Request, "session": Session}  # what stands behind these names in a request
MADE = {"table of refusals": refusals, "public names": public_names}


# --------------------------------------------------------------------------------- what the passes make


def program(name: str, version: str) -> str:
    """One of the programs below, as a code block: its ``plain`` version or its ``twin``."""
    return f"```python\n{versions(name)[version]}\n```"


@cache
def versions(name: str) -> dict[str, str]:
    """Both versions of a program, as text. The run time is shown as ``RT``."""
    seen: dict[str, str] = {}

    def watch(stage: str, tree: ast.AST) -> None:
        if stage in VERSIONS:
            text = ast.unparse(tree).replace(repr(RUNTIME), "RT").replace("@flow(", f"{name}(")
            seen[VERSIONS[stage]] = OWN_MARK.sub("", text)

    (compiled,) = compile_flow(PROGRAMS[name], SUPPORT, watch=watch)
    compiled.twin()
    return seen


OWN_MARK = re.compile(r"""( +if @r == 0:\n)? +("{3}|')@u\d+:("{3}|')\n""")  # by which its code is known again
VERSIONS = {"live": "plain", "reenter": "twin"}  # the pass after which each is complete


def ask(question):
    return suspend(question)


def total(number):
    return number + ask("first") * ask("second")


def countdown(n):
    while n:
        ask(n)
        n -= 1


def tidy(room):
    try:
        ask(room)
    finally:
        print("tidied", room)


PROGRAMS: dict[str, Callable] = {function.__name__: function for function in (total, countdown, tidy)}
ask = flow(ask)
