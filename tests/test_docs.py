"""The documentation is true: its examples run, its links lead somewhere, its lists agree with the code."""

import doctest
import importlib.util
import linecache
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest
from click.testing import CliRunner

import contweb
from contweb.cli import main
from contweb.compiler.check import REFUSED
from contweb.web import testing

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/*.md"))]
BLOCK = re.compile(r"^```([\w+]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:# |\{# )([\w/.]+\.(?:py|html|toml))(?: #\})?\n")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def text_of(page):
    return page.read_text("utf-8")


def prose(page):
    """A page without its code blocks."""
    return BLOCK.sub("", text_of(page))


# ------------------------------------------------------------------------------------------- the examples


class Session:
    """Runs the examples of one page in their order, as a reader would, in a folder of its own.

    A block that starts with a comment like ``# order.py`` or ``{# templates/name.html #}`` is that file. Any
    other block of Python is a module too, whose names the examples after it can use. In a module whose name
    begins with ``test_``, pytest runs the tests.
    """

    def __init__(self, name, folder):
        self.folder = folder
        self.count = 0
        self.module = types.ModuleType(f"docs_{name}")
        self.mine = [self.module.__name__]
        sys.modules[self.module.__name__] = self.module

    def run(self, kind, code, line, page):
        found = FILE.match(code)
        if found:
            self.write(found[1], code)
        elif kind == "python":
            self.count += 1
            self.write(f"{self.module.__name__}_{self.count}.py", code)
        elif kind == "pycon":
            self.converse(code, line, page)

    def write(self, name, code):
        file = self.folder / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(code, "utf-8")
        if file.name.startswith("test_"):
            self.test(file)
        elif file.suffix == ".py":
            self.load(file)

    def test(self, file):
        """Run a file of tests as a reader would, with contweb's plugin."""
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "contweb.pytest_plugin",
            "-p",
            "no:cacheprovider",
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ran = subprocess.run(
            [*command, file.name], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def load(self, file):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        linecache.checkcache(str(file))
        module = sys.modules[file.stem] = importlib.util.module_from_spec(spec)
        self.mine.append(file.stem)
        spec.loader.exec_module(module)
        public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        vars(self.module).update(public)

    def converse(self, code, line, page):
        test = doctest.DocTestParser().get_doctest(code, {}, self.module.__name__, str(page), line)
        test.globs = vars(self.module)
        report = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=report.append, clear_globs=False)
        assert not report, "".join(report)

    def end(self):
        for name in self.mine:
            sys.modules.pop(name, None)


@pytest.fixture
def session(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file is written anew within the second
    started = Session(re.sub(r"\W", "_", request.node.name), tmp_path)
    yield started
    started.end()


@pages
def test_examples_run(page, session):
    text = text_of(page)
    for block in BLOCK.finditer(text):
        session.run(block[1], block[2], text[: block.start()].count("\n") + 1, page)


def test_the_first_flow_of_the_readme(session):
    code = next(code for kind, code in BLOCK.findall(text_of(ROOT / "README.md")) if kind == "python")
    assert len([line for line in code.splitlines() if line.strip()]) < 20
    session.run("python", code, 0, None)
    browser = testing.Browser(session.module.app)
    browser.open("/add")
    assert "The first number" in browser.page.text
    browser.submit(n="many")
    assert "The first number" in browser.page.text
    browser.submit(n="40")
    tab = browser.new_tab()
    browser.submit(n="2")
    assert browser.page.text == "40 + 2 = 42"
    assert tab.submit(n="3").text == "40 + 3 = 43"
    browser.reload()
    assert browser.page.text == "40 + 2 = 42"
    browser.back()
    assert browser.submit(n="4").text == "40 + 4 = 44"


def test_the_first_example_of_the_tutorial_is_the_ticket_office():
    code = next(code for kind, code in BLOCK.findall(text_of(ROOT / "docs/tutorial.md")) if kind == "python")
    assert text_of(ROOT / "apps/tickets/__init__.py").endswith('"""\n\n' + code)


# ------------------------------------------------------------------------------------- links and promises


def anchors(page):
    """The anchors of the headings, as Sphinx and GitHub make them."""
    found = HEADING.findall(re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pages
def test_internal_links(page):
    for target in LINK.findall(prose(page)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name} leads to {target}"
        if anchor:
            assert anchor in anchors(file), (
                f"{page.name} leads to {target}; there are {sorted(anchors(file))}"
            )


def test_the_index_has_every_page():
    (listed,) = re.findall(r"```\{toctree\}\n(.*?)```", text_of(ROOT / "docs" / "index.md"), re.DOTALL)
    names = {line for line in listed.split() if not line.startswith(":")}
    assert names == {page.stem for page in ROOT.glob("docs/*.md")} - {"index"}


@pages
def test_paths_that_are_named_exist(page):
    for path in re.findall(r"`((?:contweb|tests|docs|apps|bench)/[\w/.]+)`", prose(page)):
        assert (ROOT / path).exists(), f"{page.name} names {path}"


@pages
def test_commands_that_are_named_exist(page):
    makefile = text_of(ROOT / "Makefile")
    for target in re.findall(r"(?:`|^    )make (\w+)", text_of(page), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"
    for command in re.findall(r"(?:`|^    |\$\()contweb (\w+)", text_of(page), re.MULTILINE):
        assert command in main.commands, f"{page.name}: contweb {command}"


def test_what_is_not_there_yet_is_not_there():
    """Whoever adds one of these takes it out of the README's list, and writes about it."""
    listed = re.search(r"<!-- not yet.*?-->\n(.*?)<!-- end -->", text_of(ROOT / "README.md"), re.DOTALL)[1]
    names = set(re.findall(r"`(\w+)`", listed))
    assert names, "the list is empty: take it out"
    assert not names & set(contweb.__all__), "the README says that these are not there yet"


@pages
def test_nothing_of_this_machine(page):
    assert not re.search(r"/root/|/work/|/tmp/|/home/", text_of(page))


def test_changes_are_kept_in_their_form():
    text = text_of(ROOT / "CHANGELOG.md")
    assert "keepachangelog.com" in text
    assert re.search(r"^## \[(Unreleased|0\.1\.0)\]", text, re.MULTILINE)


def test_help_of_the_command():
    for command in main.commands:
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0


# --------------------------------------------------------------------------------- what is made of the code


@pytest.fixture
def generated(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    import generated

    yield generated
    sys.modules.pop("generated", None)


def test_the_table_of_refusals_is_the_compilers(generated):
    filled = generated.fill(text_of(ROOT / "docs" / "flows.md"))
    for construct, reason, instead in REFUSED.values():
        assert f"| {construct} | {reason} | {instead} |" in filled


def test_what_the_passes_make(generated):
    filled = generated.fill(text_of(ROOT / "docs" / "internals.md"))
    assert not generated.MARK.search(filled)
    for name in generated.PROGRAMS:
        assert "(@f := ask)(" in generated.versions(name)["plain"]
        assert f"def {name}(@r, @s, @value, @thrown):" in generated.versions(name)["twin"]


def test_the_reference_has_all_public_names(generated):
    filled = generated.fill(text_of(ROOT / "docs" / "reference.md"))
    assert set(re.findall(r"^##+ (\w+)$", filled, re.MULTILINE)) == {*contweb.__all__, "Errors"}
