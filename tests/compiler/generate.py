"""Writes random programs: source text that always ends, asks often, and uses everything in combination.

The choices are Hypothesis' own, the simplest alternative first, so that a program that fails is made smaller.
Programs end because loops turn a few times by construction, and calls go only to functions that are complete
already, or down to a depth that is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

HEADER = """\
import sys

from contweb import flow, suspend
from tests.compiler.companions import Manager, Truth
from tests.programs import effect, program

"""

LEAVES = ["K", "V", "suspend(K)", "V"]

EXPRESSIONS = [
    "L",
    "suspend(E)",
    "effect(E)",
    *(f"(E {operator} E) % 11" for operator in ("+", "-", "*", "//", "&")),
    "(E and E)",
    "(E or E or E)",
    "(E if T else E)",
    "int(T)",
    "(N := E)",
    "max(E, E)",
    "min(*[E, E], E)",
    "divmod(E, 1 + abs(E))[0]",
    "[E, E][E % 2]",
    "(*[E], E)[0]",
    "{**{0: E}, E: E}.get(E, E)",
    "[0, 1, E, 3][E % 2 : 2 + abs(E)][0]",
    'len(f"{L}{L!r:>{K}}")',
]

STATEMENTS = [
    "pass",
    "effect(E)",
    "suspend(E)",
    "N = E",
    "N = N = E",
    *(f"N {operator}= E" for operator in ("+", "-", "*", "|")),
    "N, N = E, E",
    "[N, (N, *_)] = E, (E, E)",
    "xs = [0, 1, E]; xs[E % 3] = E; effect(xs)",
    "xs = [0, 1, E]; xs[E % 3] += E; effect(xs)",
    "xs = [0, 1, E]; xs[E % 3], xs[E % 3] = E, E; effect(xs)",
    "xs = [0, 1, E]; del xs[E % 3]; effect(xs)",
    "xs = [0, 1, E]; xs[E % 2 : E % 4] = E, E; effect(xs)",
    "xs = {E: E}; xs[suspend(0)] = N = E; effect(xs)",
    "xs = []; xs.append(E); xs.extend((E, E)); effect(xs)",
    "xs = []; xs.append(len(xs := [E])); effect(xs)",
    "xs = {}; xs.update({0: E}, a=E); xs.setdefault(E, E); effect(xs)",
    "xs = [E]; effect((*xs, xs.append(E), *xs)); xs += [E]; effect(xs)",
    "xs = [E] if T else {E}; effect(xs.pop() + E)",
    "N = E if T else E",
]

TESTS = ["E < E", "E", "not E", "E <= E < E", "E == E or E", "E in [E, E]", "E and not E"]
TESTS += ["Truth(E) and Truth(E)", "not (Truth(E) or E) and E", "(Truth(E) if E or Truth(E) else not E)"]

ITERABLES = ["range(K)", "[E, E]", "(E, E, E)", "{0: E, 1: E}.values()", "reversed([E, E])"]

COMPREHENSIONS = [
    "sum([ELEMENT LOOP])",
    "len({ELEMENT LOOP})",
    "sum({ELEMENT: suspend(0) LOOP})",
    "(lambda fs: fs[0]() + fs[-1]() if fs else 0)([(lambda: ELEMENT) LOOP])",
]


# What a generator does. It is not left in the middle of a try: when that would run, its death decides.
YIELDS = [
    "yield E",
    "effect(E); yield E",
    "for N in I:; effect((yield E))",
    "if T:; return E",
    "yield from [E, E]",
    "N = yield E; effect(N)",
]

CONSUMERS = [
    "for N in @:; effect(E)",
    "for N in @:; effect(E); if T: break",
    "N = sum([suspend(K) + i for i in @ if T])",
    "N = sum([E + i for i in @ if T])",
    "N = sum([0, *@])",
    "N = max(E, *@)",
]


@dataclass
class Scope:
    """What the function that is being written may use."""

    names: list[str]  # bound variables that may be read and assigned
    readable: list[str] = field(default_factory=list)  # free and protected ones, only read
    functions: list[str] = field(default_factory=list)  # take one argument
    loops: int = 0
    handlers: int = 0
    stars: int = 0  # a handler of except* is not left by a jump
    iterating: int = 0  # inside the iterable of a comprehension nothing may be bound


@st.composite
def programs(draw: Callable[..., Any], most_statements: int = 22) -> str:
    """The source of a module with one program, ``main``."""
    writer = _Writer(draw, most_statements)
    lines = writer.function("main", [], Scope([]))
    stored = not any(
        line.strip().startswith("class ") for line in lines
    )  # a class made inside stays in memory
    return HEADER + "\n".join([f"@program(mutates=True, stored={stored})", *lines]) + "\n"


class _Writer:
    def __init__(self, draw: Callable[..., Any], budget: int) -> None:
        self.draw, self.budget, self.made = draw, budget, 0

    # ----------------------------------------------------------------------------------------- choices

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def pick(self, items: list[Any]) -> Any:
        return items[self.number(0, len(items) - 1)]

    def maybe(self, one_in: int = 2) -> bool:
        return self.number(0, one_in - 1) == one_in - 1

    def new(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    # --------------------------------------------------------------------------------------- functions

    def function(self, name: str, parameters: list[str], scope: Scope) -> list[str]:
        """A whole ``def``, with variables of its own."""
        own = [self.new("v") for _ in range(self.number(1, 3))]
        scope = Scope(
            names=scope.names + [p.strip("*").partition("=")[0] for p in parameters if p[0] == "a"] + own,
            readable=scope.readable + [p for p in parameters if p[0] == "k"],
            functions=scope.functions,
        )
        body = [f"{v} = {self.number(0, 3)}" for v in own] + self.block(scope, 3)
        return [f"def {name}({', '.join(parameters)}):", *_indent(body), f"    return {self.result(scope)}"]

    def result(self, scope: Scope) -> str:
        return f"({', '.join(self.expression(scope, 2) for _ in range(self.number(1, 2)))}, 0)[0]"

    # -------------------------------------------------------------------------------------- statements

    def block(self, scope: Scope, depth: int) -> list[str]:
        """Some statements; functions made inside are not known after it."""
        functions = len(scope.functions)
        lines: list[str] = []
        for _ in range(self.number(1, 4) + depth // 3):
            if self.budget <= 0:
                break
            self.budget -= 1
            lines += self.statement(scope, depth)
        del scope.functions[functions:]
        return lines or ["pass"]

    def statement(self, scope: Scope, depth: int) -> list[str]:
        simple = [self.simple, self.simple, self.leave]
        compound = [
            self.if_,
            self.for_,
            self.try_,
            self.while_,
            self.with_,
            self.match_,
            self.def_,
            self.generator,
            self.class_,
        ]
        return self.pick(simple if depth == 0 else simple + simple + compound)(scope, depth)

    def simple(self, scope: Scope, depth: int) -> list[str]:
        return (
            self.fill(self.pick(STATEMENTS), scope, self.number(1, 2))
            .replace("xs", self.new("xs"))
            .split("; ")
        )

    def leave(self, scope: Scope, depth: int) -> list[str]:
        """Go somewhere else, mostly on a condition."""
        ways = [
            "raise ValueError(E)",
            "raise KeyError(E)",
            "assert T, E",
            "raise IndexError from ValueError(E)",
        ]
        ways += ["return E"] * 2 if not scope.stars else []
        ways += ["continue", "break"] * 2 if scope.loops else []
        ways += ["raise", "effect(repr(sys.exception()))"] * 2 if scope.handlers else []
        way = self.fill(self.pick(ways), scope, 1)
        return [way] if self.maybe(6) else [f"if {self.test(scope)}:", f"    {way}"]

    # ----------------------------------------------------------------------------- compound statements

    def if_(self, scope: Scope, depth: int) -> list[str]:
        lines = [f"if {self.test(scope)}:", *_indent(self.block(scope, depth - 1))]
        if self.maybe():
            lines += [f"elif {self.test(scope)}:", *_indent(self.block(scope, depth - 1))]
        if self.maybe():
            lines += ["else:", *_indent(self.block(scope, depth - 1))]
        return lines

    def for_(self, scope: Scope, depth: int) -> list[str]:
        target, iterable = self.pick(scope.names), self.iterable(scope)
        if self.maybe(3):
            target, iterable = (
                f"_, {target}",
                self.pick(["enumerate(@)", "zip('abc', @)"]).replace("@", iterable),
            )
        with _inside(scope, loops=1):
            body = self.block(scope, depth - 1)
        return [f"for {target} in {iterable}:", *_indent(body), *self.loop_else(scope, depth)]

    def while_(self, scope: Scope, depth: int) -> list[str]:
        count = self.new("n")
        test = self.fill(
            self.pick([f"{count} < 2", f"{count} < 3 and (T)", f"suspend({count}) < 2"]), scope, 1
        )
        with _inside(scope, loops=1):
            body = self.block(scope, depth - 1)
        body = [f"{count} += 1", *body]
        return [f"{count} = 0", f"while {test}:", *_indent(body), *self.loop_else(scope, depth)]

    def loop_else(self, scope: Scope, depth: int) -> list[str]:
        return ["else:", *_indent(self.block(scope, depth - 1))] if self.maybe(4) else []

    def try_(self, scope: Scope, depth: int) -> list[str]:
        lines = ["try:", *_indent(self.block(scope, depth - 1))]
        star = self.maybe(8)
        handlers = self.number(0, 2)
        for _ in range(handlers):
            kind = self.pick(["ValueError", "(KeyError, IndexError)", "Exception", "LookupError"])
            name = self.pick(scope.names) if self.maybe(4) else self.new("error")
            lines.append(f"except{'*' if star else ''} {kind} as {name}:")
            with _inside(scope, handlers=1, stars=star, loops=-scope.loops if star else 0):
                body = self.block(scope, depth - 1)
            lines += _indent([f"effect(repr({name}))", *body])
        if handlers and self.maybe(3):
            lines += ["else:", *_indent(self.block(scope, depth - 1))]
        if not handlers or self.maybe():
            lines += ["finally:", *_indent(self.block(scope, depth - 1))]
        return lines

    def with_(self, scope: Scope, depth: int) -> list[str]:
        managers = []
        for _ in range(self.number(1, 2)):
            suppresses = self.pick(["", ", ValueError", ", Exception"])
            name = self.pick(["", f" as {self.pick(scope.names)}"])
            managers.append(f"Manager({self.expression(scope, 1)}{suppresses}){name}")
        return [f"with {', '.join(managers)}:", *_indent(self.block(scope, depth - 1))]

    def match_(self, scope: Scope, depth: int) -> list[str]:
        name = self.pick(scope.names)
        one, two = self.expression(scope, 2), self.expression(scope, 2)
        subject, patterns = self.pick(
            [
                (one, ["0 | 1", f"int({name})", "2"]),
                (f"({one}, {two})", [f"(0, {name})", f"[{name}, 1 | 2]", f"[*_, {name}]"]),
                (f"{{'a': {one}, 'b': {two}}}", [f"{{'a': 0, 'b': {name}}}", f"{{'b': {name}, **_rest}}"]),
            ]
        )
        lines = [f"match {subject}:"]
        for pattern in patterns[: self.number(1, 3)]:
            guard = f" if {self.test(scope)}" if self.maybe() else ""
            lines += _indent([f"case {pattern}{guard}:", *_indent(self.block(scope, depth - 1))])
        return lines + _indent(["case _:", *_indent(self.block(scope, depth - 1))])

    def def_(self, scope: Scope, depth: int) -> list[str]:
        """A nested function, which may share variables of this one, and may call itself a few times."""
        name, argument = self.new("f"), self.new("a")
        shared = [n for n in scope.names if self.maybe(3)]
        inner = Scope(names=shared, readable=scope.readable + scope.names, functions=list(scope.functions))
        parameters = self.pick(
            [[argument], [argument, "/"], [argument, "*_rest"], [f"{argument}={self.number(0, 2)}"]]
        )
        if self.maybe(3):
            depth_left = self.new("k")
            lines = self.function(name, [depth_left, *parameters], inner)
            lines[1:1] = _indent([f"if {depth_left} <= 0:", f"    return suspend({argument})"])
            lines.insert(
                -1, f"    {self.pick(inner.names + [argument])} = {name}({depth_left} - 1, {argument})"
            )
            first = [f"effect({name}(2, {self.expression(scope, 1)}))"]
        else:
            lines = self.function(name, parameters, inner)
            first = [f"effect({name}({self.expression(scope, 1)}))"] if self.maybe() else []
            scope.functions.append(name)
        if shared:
            lines[1:1] = [f"    nonlocal {', '.join(dict.fromkeys(shared))}"]
        return lines + first

    def generator(self, scope: Scope, depth: int) -> list[str]:
        name, argument, own = self.new("g"), self.new("a"), self.new("v")
        inner = Scope([own], [argument, *scope.readable, *scope.names], list(scope.functions))
        body = [line for _ in range(self.number(1, 3)) for line in self.lines(YIELDS, inner)]
        with _inside(scope, iterating=1):  # one of the consumers is a comprehension
            made = f"{name}({self.expression(scope, 1)})"
        used = [line.replace("@", made) for line in self.lines(CONSUMERS, scope)]
        return [f"def {name}({argument}):", f"    {own} = {self.number(0, 2)}", *_indent(body), *used]

    def lines(self, templates: list[str], scope: Scope) -> list[str]:
        """One of the templates; the lines after a colon stand further in."""
        parts = self.fill(self.pick(templates), scope, 1).split("; ")
        return parts[:1] + (_indent(parts[1:]) if parts[0].endswith(":") else parts[1:])

    def class_(self, scope: Scope, depth: int) -> list[str]:
        name, argument = self.new("C"), self.new("a")
        inner = Scope(names=[], readable=scope.readable + scope.names, functions=list(scope.functions))
        method = self.function("m", ["self", argument], inner)
        function = self.new("f")
        scope.functions.append(function)
        return [
            f"class {name}:",
            *_indent(method),
            f"{function} = {name}().m",
            f"effect({function}(suspend(1)))",
        ]

    # ------------------------------------------------------------------------------------- expressions

    def expression(self, scope: Scope, depth: int) -> str:
        """An expression whose value is a number."""
        if depth <= 0:
            return self.fill(self.pick(LEAVES), scope, 0)
        special = [self.comprehension, self.lambda_, self.call]
        if self.maybe(4):
            return self.pick(special)(scope, depth - 1)
        return self.fill(self.pick(EXPRESSIONS), scope, depth - 1)

    def test(self, scope: Scope, depth: int = 1) -> str:
        return self.fill(self.pick(TESTS), scope, depth)

    def fill(self, template: str, scope: Scope, depth: int) -> str:
        """E is an expression, T a test, I an iterable, V and N names to read and to bind, K a constant."""
        holes = {
            "E": lambda: self.expression(scope, depth),
            "T": lambda: self.test(scope, depth - 1),
            "I": lambda: self.iterable(scope, depth - 1),
            "L": lambda: self.expression(scope, 0),
            "V": lambda: self.pick(scope.names + scope.readable) if scope.names + scope.readable else "1",
            "N": lambda: self.pick(scope.names),
            "K": lambda: str(self.number(0, 3)),
        }
        if re.search(r"\bN\b", template) and (scope.iterating or not scope.names):
            template = "suspend(E)"
        return re.sub(r"\b[ETLVNKI]\b", lambda hole: holes[hole[0]](), template)

    def iterable(self, scope: Scope, depth: int = 1) -> str:
        with _inside(scope, iterating=1):
            return self.fill(self.pick(ITERABLES), scope, depth)

    def comprehension(self, scope: Scope, depth: int) -> str:
        readable = scope.readable
        loop = ""
        for _ in range(self.number(1, 2)):
            variable, iterable = self.new("i"), self.iterable(scope, depth - 1)
            scope.readable = [*scope.readable, variable]
            condition = f" if {self.test(scope, depth - 1)}" if self.maybe() else ""
            loop += f" for {variable} in {iterable}{condition}"
        element = self.expression(scope, depth)
        scope.readable = readable
        return self.pick(COMPREHENSIONS).replace("ELEMENT", element).replace("LOOP", loop.strip()) + " % 11"

    def call(self, scope: Scope, depth: int) -> str:
        if not scope.functions:
            return self.fill("max(E, E)", scope, depth)
        return self.fill(
            self.pick(scope.functions) + self.pick(["(E)", "(*[E])", "(*(E,), **{})"]), scope, depth
        )

    def lambda_(self, scope: Scope, depth: int) -> str:
        argument = self.new("x")
        inner = Scope([argument], scope.readable + scope.names, scope.functions, iterating=scope.iterating)
        default, given = self.pick([("", "E"), ("=L", "E"), ("=L", "")])
        head = self.fill(default, scope, 0)
        return f"(lambda {argument}{head}: {self.expression(inner, depth)})({self.fill(given, scope, depth)})"


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@contextmanager
def _inside(scope: Scope, **counts: int) -> Iterator[None]:
    for name, count in counts.items():
        setattr(scope, name, getattr(scope, name) + count)
    yield
    for name, count in counts.items():
        setattr(scope, name, getattr(scope, name) - count)
