"""Type checkers see the user's functions: mypy and pyright accept what is right, and refuse what is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
FILES = sorted(FOLDER.glob("accepted_*.py")) + [FOLDER / "refused.py"]
ERROR = re.compile(r"(?:.*/)?(\w+\.py):(\d+): error: .*\[([\w-]+)\]$")
NPM_ERROR = re.compile(r"npm (?:error|ERR!) code (\w+)")
PYRIGHT = "pyright@1.1.414"
PATIENCE = 120  # seconds, in which npm may have to fetch it


def mypy(folder):
    """File, line and kind of each error that ``mypy --strict`` finds."""
    if find_spec("mypy") is None:
        give_up("mypy is not installed here")
    options = ["--strict", "--config-file=", "--no-error-summary", "--follow-imports=silent"]
    command = [sys.executable, "-m", "mypy", *options, "--cache-dir", str(folder), *map(str, FILES)]
    done = run(command, MYPYPATH=str(ROOT))
    assert not done.stderr, done.stderr
    found = [ERROR.match(line) for line in done.stdout.splitlines() if ": note: " not in line]
    assert all(found), done.stdout
    return {(match[1], int(match[2]), match[3]) for match in found if match}


def pyright(folder):
    """The same by pyright, whose files say themselves that it is to be strict."""
    command = [*find_pyright(), "--outputjson", "--pythonpath", sys.executable, *map(str, FILES)]
    report = json.loads(run(command).stdout)
    assert report["summary"]["filesAnalyzed"] >= len(FILES)
    return {
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1, found["rule"])
        for found in report["generalDiagnostics"]
    }


def find_pyright():
    """The command: by npm, which fetches it once, or what is installed."""
    if not shutil.which("npx"):
        return [shutil.which("pyright") or give_up("neither npx nor pyright is installed here")]
    command = ["npx", "--yes", "--prefer-offline", PYRIGHT]
    try:
        done = run([*command, "--version"], npm_config_fetch_retries="1")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm does not fetch {PYRIGHT} in {PATIENCE} seconds")
    if done.returncode:
        code = NPM_ERROR.search(done.stderr)
        if not code or code[1] == "ETARGET":
            give_up(f"{PYRIGHT} does not exist, or does not run here: {done.stderr.strip()[:200]}")
        pytest.skip(f"npm cannot fetch {PYRIGHT}: {done.stderr.strip()[-200:]}")
    return command


def run(command, **environment):
    environment = {**os.environ, **environment}
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=PATIENCE
    )


def give_up(why):
    (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


@pytest.fixture(scope="module", params=[mypy, pyright], ids=lambda checker: checker.__name__)
def checker(request):
    return request.param


@pytest.fixture(scope="module")
def errors(checker, tmp_path_factory):
    return checker(tmp_path_factory.mktemp(checker.__name__))


def expected(checker):
    """What the comments in the file of wrong uses say."""
    for number, line in enumerate((FOLDER / "refused.py").read_text().splitlines(), 1):
        _, marked, kinds = line.partition("# refused: ")
        if marked:
            of_mypy, *of_pyright = kinds.split(", ")
            for kind in of_pyright if checker is pyright else [of_mypy]:
                yield "refused.py", number, kind


@pytest.mark.parametrize("file", FILES[:-1], ids=lambda file: file.stem)
def test_accepted(errors, file):
    assert not {error for error in errors if error[0] == file.name}


def test_refused(checker, errors):
    assert {error for error in errors if error[0] == "refused.py"} == set(expected(checker))
