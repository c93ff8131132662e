"""``contweb sweep``: old conversations go at once."""

import sys

import pytest
from click.testing import CliRunner

from contweb.cli import main
from contweb.runtime.registry import forget_module
from contweb.web.sweeping import RECENT

SITE = """
from secrets import token_hex

from contweb import App, ask, html
from contweb.clock import TestClock

clock = TestClock()
app = App(__name__, clock=clock, keep="10d")

@app.flow("/long")
def long():
    text = token_hex(100_000)
    ask(html('<form method="post"><input name="n"></form>'))
    return html(text)
"""


@pytest.fixture
def site(place_with_store):
    (place_with_store / "cli_swept.py").write_text(SITE)
    yield __import__("cli_swept")
    forget_module("cli_swept")
    sys.modules.pop("cli_swept").app.close()


@pytest.fixture
def talks(site):
    """Three, a day apart from each other; the last one is of this moment."""
    found = []
    for number in range(3):
        site.clock.advance(86_400 if number else 0)
        found.append(site.app.test_client())
        found[-1].open("/long")
    return found


def sweep(*arguments):
    result = CliRunner().invoke(main, ["sweep", "cli_swept:app", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def works(talks):
    return [browser.submit(n="1").status == 200 for browser in talks]


def test_by_age(site, talks):
    said = sweep("--older-than", "36h")
    assert said.startswith("Removed 1 conversation, 1 page, ")
    assert "\n2 conversations left, " in said
    assert works(talks) == [False, True, True]


def test_by_bytes_but_for_those_of_the_last_hour(site, talks):
    size = site.app.backing.store.size()
    assert "Removed 1 conversation, 1 page" in sweep("--larger-than", f"{size - 1}B")
    assert "Removed 1 conversation, 1 page" in sweep("--larger-than", "1 KB")
    assert works(talks) == [False, False, True]


def test_by_bytes_after_an_hour(site, talks):
    site.clock.advance(RECENT + 1)
    assert "Removed 3 conversations, 3 pages" in sweep("--larger-than", "0B")


def test_as_the_app_says(site, talks):
    assert sweep().startswith("Removed 0 conversations, 0 pages, 0 bytes.\n3 conversations left, ")
    site.clock.advance(8.5 * 86_400)
    assert sweep().startswith("Removed 1 conversation, 1 page, ")
    assert works(talks) == [False, True, True]


def test_sources_of_versions(site, talks):
    site.clock.advance(9 * 86_400)
    assert sweep("--older-than", "1d").startswith(
        "Removed 3 conversations, 3 pages, 2 old sources of flows, "
    )


@pytest.mark.parametrize("arguments", [("--older-than", "yesterday"), ("--larger-than", "much")])
def test_what_is_no_amount(site, talks, arguments):
    result = CliRunner().invoke(main, ["sweep", "cli_swept:app", *arguments])
    assert result.exit_code == 1
    assert f"'{arguments[1]}' is no" in result.output
    assert works(talks) == [True, True, True]


def test_a_store_that_is_not_there(site, monkeypatch):
    monkeypatch.setenv("CONTWEB_STORE", "sqlite:///nowhere/pages.sqlite3")
    result = CliRunner().invoke(main, ["sweep", "cli_swept:app"])
    assert result.exit_code == 1
    assert "No such file or directory" in result.output
