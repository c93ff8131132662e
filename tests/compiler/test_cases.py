"""The golden cases. After a change that was meant: ``--rewrite-cases``, and a look at the diff."""

import pytest

from tests.compiler import cases


@pytest.mark.parametrize("path", cases.paths(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(path, request):
    source, expected = cases.read(path)
    found = cases.output(path.parent.name, source)
    if request.config.getoption("rewrite_cases", False):
        cases.write(path, source, found)
    else:
        assert found == expected


def test_each_pass_has_cases():
    assert {path.parent.name for path in cases.paths()} == set(cases.PASSES)
