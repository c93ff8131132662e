"""The harness asserts too: let its failures be explained."""

import pytest

pytest.register_assert_rewrite("tests.compiler.harness")
