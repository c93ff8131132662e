"""Code that nobody here wrote: the interpreter's own tests pass as flows wherever they pass natively.

Each module of them runs in a process of its own, once plain and once as flows; see ``stdlib_run``.
The suite runs some of them, ``pytest -m soak`` all that are listed.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import cache

import pytest

from tests.compiler.stdlib_known import DIFFERENT
from tests.compiler.stdlib_run import REFUSED

QUICK = [
    "test_grammar",
    "test_with",
    "test_patma",
    "test_raise",
    "test_except_star",
    "test_scope",
    "test_super",
    "test_named_expressions",
    "test_extcall",
    "test_keywordonlyarg",
    "test_unpack_ex",
    "test_dictcomps",
]

ALL = [
    "test_augassign",
    "test_binop",
    "test_bool",
    "test_call",
    "test_class",
    "test_collections",
    "test_compare",
    "test_contextlib",
    "test_copy",
    "test_dataclasses",
    "test_decorators",
    "test_defaultdict",
    "test_deque",
    "test_descr",
    "test_dict",
    "test_dynamic",
    "test_enum",
    "test_enumerate",
    "test_exception_group",
    "test_exception_variations",
    "test_exceptions",
    "test_float",
    "test_format",
    "test_fstring",
    "test_funcattrs",
    "test_functools",
    "test_generators",
    "test_genericclass",
    "test_genexps",
    "test_global",
    "test_int",
    "test_isinstance",
    "test_iter",
    "test_itertools",
    "test_list",
    "test_listcomps",
    "test_math",
    "test_metaclass",
    "test_opcodes",
    "test_operator",
    "test_positional_only_arg",
    "test_property",
    "test_range",
    "test_set",
    "test_setcomps",
    "test_slice",
    "test_sort",
    "test_string",
    "test_string_literals",
    "test_subclassinit",
    "test_textwrap",
    "test_traceback",
    "test_tuple",
    "test_type_params",
    "test_types",
    "test_typing",
    "test_unary",
    "test_unpack",
    "test_userdict",
    "test_userlist",
]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What became of each test of a module in a mode."""
    folder = tmp_path_factory.mktemp("stdlib")

    @cache
    def run(module: str, mode: str) -> dict[str, str]:
        if importlib.util.find_spec("test") is None or importlib.util.find_spec(f"test.{module}") is None:
            pytest.skip(f"this Python comes without test.{module}")
        target = folder / f"{module}-{mode}.json"
        command = [sys.executable, "-m", "tests.compiler.stdlib_run", module, mode, str(target)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        assert target.exists(), done.stderr[-3000:]
        return json.loads(target.read_text())["outcomes"]

    return run


def compare(outcomes, module: str, mode: str) -> None:
    plain = outcomes(module, "native-everywhere" if mode == "everywhere" else "native")
    flows = outcomes(module, mode)
    assert flows.keys() == plain.keys()
    worse = {
        test: outcome
        for test, outcome in flows.items()
        if plain[test] == "passed" and outcome != "passed" and not outcome.startswith(REFUSED)
    }
    known = DIFFERENT.get(module, {})
    assert not {test: outcome for test, outcome in worse.items() if test not in known}


@pytest.mark.parametrize("module", QUICK)
def test_every_call_suspends(outcomes, module):
    compare(outcomes, module, "everywhere")


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["flow", "everywhere"])
@pytest.mark.parametrize("module", QUICK + ALL)
def test_all(outcomes, module, mode):
    compare(outcomes, module, mode)
