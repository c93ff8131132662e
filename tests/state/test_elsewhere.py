"""The same bytes on another machine: another version of Python, another checkout, another folder."""

import os
import pickle
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.compiler.harness import all_programs
from tests.state.fresh import looks, made
from tests.state.walks import steps

ROOT = Path(__file__).parent.parent.parent
TURNS = 8  # steps of a program; most have fewer
VERSIONS = ["3.11", "3.12", "3.13"]
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHERS = [version for version in VERSIONS if version != HERE]
PROGRAMS = {
    program.id: {"module": program.module, "name": program.name}
    for program in all_programs()
    if program.marks.stored and not (program.marks.once or program.marks.barriers)
    if "python312" not in program.module
}
# Compiled in another way from a version on: a page of the one is refused by the other.
PARTICULAR = {
    "fstrings-conversion_and_format_that_suspends": "3.13",
    "fstrings-fstring_spec_and_conversion": "3.13",
    "unbound-deleted_variables_in_comprehensions": "3.12",
}


def candidates(version):
    """Where an interpreter may be: in CONTWEB_PYTHONS, beside this checkout, on the path, or of pyenv."""
    yield from map(Path, filter(None, os.environ.get("CONTWEB_PYTHONS", "").split(os.pathsep)))
    yield ROOT / f".venv-{version}/bin/python"
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)


@cache
def interpreter(version):
    """One of that version, with all that contweb needs."""
    needed = f"import sys; assert sys.version_info[:2] == {tuple(map(int, version.split('.')))}"
    for python in candidates(version):
        try:
            run(python, "-c", f"{needed}; import contweb, pydantic")
        except (OSError, subprocess.CalledProcessError, subprocess.TimeoutExpired):
            continue
        return python
    return None


def run(python, *arguments, given=b"", root=ROOT, cwd=None):
    """What a run of an interpreter prints; the project is the one in ``root``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COV_", "PYENV_VERSION"))
    }
    done = subprocess.run(
        [python, *arguments],
        input=given,
        capture_output=True,
        check=True,
        cwd=cwd or Path(python).parent,
        env={**kept, "PYTHONPATH": str(root), "PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
    )
    return done.stdout


@pytest.fixture(params=OTHERS)
def version(request):
    return request.param


@pytest.fixture
def other(version):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} with contweb's dependencies")
    return python


@cache
def made_here():
    return made()


def test_from_here_to_another_version(other):
    there = pickle.loads(run(other, "-m", "tests.state.fresh", "make"))
    records = {name: record for name, (record, _) in made_here().items() if name in there}
    assert len(records) > 50
    found = pickle.loads(run(other, "-m", "tests.state.fresh", given=pickle.dumps(records)))
    assert found == {name: look for name, (_, look) in there.items() if name in records}


def test_from_another_version_to_here(other):
    there = pickle.loads(run(other, "-m", "tests.state.fresh", "make"))
    here = made_here()
    found = looks({name: record for name, (record, _) in there.items() if name in here})
    assert found == {name: look for name, (_, look) in here.items() if name in there}


def walk(programs, *takers):
    """What comes of all programs when each step is taken by the next one of those who take steps."""
    ended, open_ones, turn = {}, programs, 0
    while open_ones:
        replies = takers[turn % len(takers)](open_ones)
        open_ones, turn = {}, turn + 1
        for name, reply in replies.items():
            ended.setdefault(name, []).append({key: reply[key] for key in reply if key != "data"})
            if "data" in reply and turn < TURNS:
                open_ones[name] = reply
    return ended


def walk_to_and_fro(version, other, programs):
    """One step here, one there."""

    def there(requests):
        return pickle.loads(run(other, "-m", "tests.state.walks", given=pickle.dumps(requests)))

    found = walk(programs, steps, there)
    refused = {name for name, border in PARTICULAR.items() if (border > HERE) != (border > version)}
    for name, ends in walk(programs, steps).items():
        if name in refused:
            ends[1:] = [{"error": "ChangedCodeError", "noted": []}]
        assert repr(found[name]) == repr(ends), name


def test_some_programs_walk_to_and_fro(version, other):
    """Programs of ``tests/programs``: all constructs."""
    chosen = [*list(PROGRAMS)[::8], *PARTICULAR]
    walk_to_and_fro(version, other, {name: PROGRAMS[name] for name in chosen})


@pytest.mark.soak
def test_all_programs_walk_to_and_fro(version, other):
    assert len(PROGRAMS) > 450
    walk_to_and_fro(version, other, PROGRAMS)


def test_in_another_checkout(tmp_path):
    """Nothing of where the project lies is in the bytes."""
    copy = tmp_path / "elsewhere"
    for name in ("contweb", "tests/state"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tests/__init__.py").touch()
    records = {name: record for name, (record, _) in made_here().items()}
    assert not any(str(ROOT).encode() in record for record in records.values())
    script = f"import contweb, runpy; assert contweb.__file__.startswith({str(copy)!r}), contweb.__file__; "
    script += "runpy.run_module('tests.state.fresh', run_name='__main__')"
    found = pickle.loads(
        run(sys.executable, "-c", script, given=pickle.dumps(records), root=copy, cwd=tmp_path)
    )
    assert found == {name: look for name, (_, look) in made_here().items()}
