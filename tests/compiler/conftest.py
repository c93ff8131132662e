"""The harness asserts too: let its failures be explained."""

import pytest

pytest.register_assert_rewrite("tests.compiler.harness")


def pytest_addoption(parser):
    parser.addoption(
        "--rewrite-cases", action="store_true", help="write what comes out into the golden cases"
    )
