"""``contweb compile``: a flow after any pass, readably."""

import sys
import textwrap

import pytest
from click.testing import CliRunner

from contweb.cli import main

SITE = """
    from contweb import flow, suspend

    def plain(x):
        return x

    @flow
    def total(xs):
        def add(x):
            return x + suspend(x)

        return sum([add(x) for x in xs])

    class Cart:
        @staticmethod
        @flow
        def ask(x):
            with x as y:
                return suspend(y)

    @flow
    def no_point(x):
        return x + 1

    number = 3

    async def never():
        pass
"""


@pytest.fixture(autouse=True)
def folder(place):
    (place / "cli_compiled.py").write_text(textwrap.dedent(SITE))
    yield
    sys.modules.pop("cli_compiled", None)


def run(*arguments):
    return CliRunner().invoke(main, ["compile", *arguments])


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("source", "return sum([add(x) for x in xs])"),
        ("desugar", "(do:"),
        ("anf", "@t1 = add(@c1:x)"),
        ("shield", "@t1 = add(@c1:x)"),
        ("live", "(@f := suspend)(x)"),
        ("reenter", "def total(@r, @s, @value, @thrown):"),
    ],
)
def test_each_pass(stage, shown):
    result = run("cli_compiled:total", "--after", stage)
    assert result.exit_code == 0, result.output
    assert shown in result.output


def test_functions_inside_follow():
    text = run("cli_compiled:total", "--after", "reenter").output
    assert text.index("def total(@r,") < text.index("def add(@r,")
    assert run("cli_compiled:total", "--after", "live").output.count("def add(x)") == 1


def test_a_method():
    text = run("cli_compiled:Cart.ask", "--after", "desugar").output
    assert "'@contweb'.enter(@m1)()" in text


def test_nothing_to_do():
    assert "desugar has nothing to do" in run("cli_compiled:no_point", "--after", "desugar").output


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nowhere:f", "there is no module 'nowhere'"),
        ("cli_compiled:missing", "has no function 'missing'"),
        ("cli_compiled:number", "has no function 'number'"),
        ("cli_compiled", "has no function ''"),
        ("cli_compiled:never", "an async function"),
    ],
)
def test_what_cannot_be_shown(target, said):
    result = run(target)
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())


def test_any_function_can_be_looked_at():
    assert "def plain(x):" in run("cli_compiled:plain", "--after", "source").output


def test_an_unknown_pass():
    assert "is not one of" in run("cli_compiled:total", "--after", "magic").output
