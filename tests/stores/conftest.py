"""What tests of stores need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contweb.clock import TestClock

NEW_OWNER = "from contweb.stores.owner import new_owner; print(new_owner())"


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def dead_owner() -> str:
    """The name of a process of this machine that is gone."""
    return subprocess.run(
        [sys.executable, "-c", NEW_OWNER], check=True, capture_output=True, text=True
    ).stdout.strip()
