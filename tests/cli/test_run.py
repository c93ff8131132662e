"""``contweb run``: finding the app, and a real development server that is edited while it runs."""

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from http.client import HTTPException

import pytest
from click.testing import CliRunner

from contweb.cli import main
from tests.servers import free_port, request, wait_until

SITE = """
    from contweb import App, ask, html

    site = App(__name__, store="memory:")
    name = "not an app"

    @site.route("/")
    def home():
        return "<p>hello</p>"

    @site.flow("/ask")
    def asking():
        ask(html('<form method="post"></form>'))
        return broken(1)

    def broken(number):
        return number / 0
"""


@pytest.fixture
def folder(place):
    (place / "cli_site.py").write_text(textwrap.dedent(SITE))
    (place / "cli_missing.py").write_text("import nowhere_to_be_found\n")
    yield place
    for name in ("cli_site", "cli_missing"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("cli_sit:site", "Did you mean 'cli_site'?"),
        ("zzz:site", "There are: cli_missing, cli_site."),
        ("cli_site", "Did you mean cli_site:site?"),
        ("cli_site:name", "is no App, but of type str"),
        ("cli_site.py:sitte", "Did you mean cli_site:site?"),
        ("textwrap:app", "There is no App in it."),
    ],
)
def test_an_app_that_is_not_found(folder, target, said):
    result = CliRunner().invoke(main, ["run", target])
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_an_import_that_fails_inside_the_module_is_shown_as_it_is(folder):
    result = CliRunner().invoke(main, ["run", "cli_missing:app"])
    assert isinstance(result.exception, ModuleNotFoundError)
    assert result.exception.name == "nowhere_to_be_found"


@pytest.mark.parametrize(
    ("store", "options", "warned"),
    [("memory:", [], True), ("memory:", ["--no-reload"], False), ("sqlite:///pages.sqlite3", [], False)],
)
def test_pages_that_a_reload_would_lose(folder, monkeypatch, store, options, warned):
    served = []
    module = sys.modules["contweb.cli.run"]
    monkeypatch.setattr(module, "run_simple", lambda *args, **settings: served.append(settings))
    (folder / "cli_site.py").write_text(f"from contweb import App\nsite = App(__name__, store={store!r})\n")
    result = CliRunner().invoke(main, ["run", "cli_site:site", *options])
    assert (result.exit_code, len(served)) == (0, 1)
    assert ("pages are lost at each reload" in result.stderr) is warned


@contextmanager
def development(folder, *options):
    """A development server, as a function that waits until its first page says something."""
    port = free_port()
    command = [sys.executable, "-m", "contweb", "run", "cli_site:site", "--port", str(port), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ, stdout=log, stderr=log, start_new_session=True
        )

    def shows(words, status=200):
        def answered():
            try:
                response = request(port, "GET", "/")
            except (OSError, HTTPException):
                return None  # it is being started anew, perhaps in the middle of a response
            return response if response.status == status and words in response.words else None

        return wait_until(f"the page says {words}", answered)

    try:
        yield port, shows
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.servers
def test_the_development_server(folder):
    file = folder / "cli_site.py"
    with development(folder) as (port, shows):
        shows("hello")

        page = request(port, "GET", "/ask").location
        failed = request(port, "POST", page)
        assert failed.status == 500
        assert "ZeroDivisionError" in failed.words
        assert "return broken(1)" in failed.words
        assert "contweb/web" not in failed.text

        file.write_text(file.read_text().replace("hello", "changed"))
        shows("changed")
        file.write_text(file.read_text() + "\nthis is no Python\n")
        broken = shows("SyntaxError", status=500)
        assert "this is no Python" in broken.words
        assert "importlib" not in broken.text and "contweb/cli" not in broken.text
        file.write_text(file.read_text().replace("this is no Python", ""))
        shows("changed")


@pytest.mark.servers
def test_a_template_that_is_edited_without_debug(folder):
    (folder / "templates").mkdir()
    template = folder / "templates" / "home.html"
    template.write_text("before")
    file = folder / "cli_site.py"
    file.write_text(
        file.read_text().replace("html\n", "html, page\n", 1).replace('"<p>hello</p>"', 'page("home.html")')
    )
    with development(folder, "--no-debug") as (_, shows):
        shows("before")
        template.write_text("after")
        shows("after")
