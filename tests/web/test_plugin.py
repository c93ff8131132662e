"""The pytest plugin, in pytest runs of its own."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

import contweb

pytest_plugins = ["pytester"]

APP = """
from contweb import App, ask, html

app = App(__name__)

@app.flow("/soon")
def soon():
    form = "<form method=post enctype=multipart/form-data><input name=n><input type=file name=photo></form>"
    answer = ask(html(form), timeout=60)
    return html(f"<p>{answer['n']}: {answer.files['photo'].read().decode() if answer.files else ''}</p>")

@app.route("/")
def home():
    return "<p>Hello <a href='/soon'>soon</a></p>"
"""


ROOT = Path(contweb.__file__).parent.parent
INSTALLED = "contweb" in entry_points(group="pytest11").names  # else the plugin is named on the command line
LOADED = [] if INSTALLED else ["-p", "contweb.pytest_plugin"]


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs a test file beside an app, and gives the result."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("CONTWEB_STORE", "sqlite:///never.sqlite3")

    def run(tests, module="shop"):
        pytester.makepyfile(**{module: APP, "test_it": tests})
        pytester.makeini(f"[pytest]\ncontweb_app = {module}:app")
        result = pytester.runpytest_subprocess(*LOADED, "-p", "no:cacheprovider")
        assert not (pytester.path / "never.sqlite3").exists()
        return result

    return run


def test_the_fixtures(run):
    result = run("""
        def test_in_time(browser, clock):
            browser.open("/")
            browser.follow("/soon")
            clock.advance(59)
            assert "5: sea" in browser.submit(n="5", photo=("a.txt", b"sea"))

        def test_too_late(browser, clock):
            browser.open("/soon")
            clock.advance(61)
            assert browser.submit(n="5").status == 410

        def test_each_test_has_an_empty_store(contweb_app):
            assert contweb_app.backing.store.count().pages == 0
    """)
    result.assert_outcomes(passed=3)


def test_failures_show_the_page(run):
    result = run("""
        def test_text(browser):
            assert "Good bye" in browser.open("/")

        def test_link(browser):
            browser.open("/")
            browser.follow("/nowhere")
    """)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*'Good bye' is not on the page", "*200 /", "*Hello soon", "*link: soon -> /soon"]
    )
    result.stdout.fnmatch_lines(["*no link leads to '/nowhere'*"])


def test_an_app_that_is_not_there(run, pytester):
    pytester.makepyfile(test_it="def test_it(browser): pass", other="")
    pytester.makeini("[pytest]\ncontweb_app = othr:app")
    result = pytester.runpytest_subprocess(*LOADED, "-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*contweb_app = othr:app in the settings of pytest: there is no module 'othr'*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
