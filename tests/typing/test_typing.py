"""Type checkers see the user's functions: ``mypy --strict`` accepts what is right, refuses what is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
ERROR = re.compile(r"(?:.*/)?(\w+\.py):(\d+): error: .*\[([\w-]+)\]$")


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """File, line and kind of each error that mypy finds in the files of this folder."""
    if find_spec("mypy") is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("mypy is not installed here")
    files = [str(file) for file in sorted(FOLDER.glob("[ar]*.py"))]
    cache = str(tmp_path_factory.mktemp("mypy"))
    options = [
        "--strict",
        "--config-file=",
        "--no-error-summary",
        "--cache-dir",
        cache,
        "--follow-imports=silent",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT)},
    )
    assert not done.stderr, done.stderr
    found = [ERROR.match(line) for line in done.stdout.splitlines() if ": note: " not in line]
    assert all(found), done.stdout
    return {(match[1], int(match[2]), match[3]) for match in found if match}


def expected():
    """What the comments in the file of wrong uses say."""
    for number, line in enumerate((FOLDER / "refused.py").read_text().splitlines(), 1):
        _, marked, kind = line.partition("# refused: ")
        if marked:
            yield "refused.py", number, kind


@pytest.mark.parametrize("file", sorted(FOLDER.glob("accepted_*.py")), ids=lambda file: file.stem)
def test_accepted(errors, file):
    assert not {error for error in errors if error[0] == file.name}


def test_refused(errors):
    assert {error for error in errors if error[0] == "refused.py"} == set(expected())
