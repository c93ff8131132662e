"""Owners of claims: who is gone, and who only may be."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from contweb.stores.owner import holds, is_dead, new_owner


def test_every_owner_is_another() -> None:
    assert len({new_owner() for _ in range(100)}) == 100


def test_this_process_lives() -> None:
    assert not is_dead(new_owner())


def test_a_process_that_is_gone(dead_owner: str) -> None:
    assert is_dead(dead_owner)


def test_a_process_that_nobody_has_waited_for() -> None:
    code = "from contweb.stores.owner import new_owner; print(new_owner(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout
        owner = process.stdout.readline().strip()
        assert not is_dead(owner)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
        assert is_dead(owner)


def test_a_number_that_was_given_to_another_process() -> None:
    machine, pid, start, rest = new_owner().split(":")
    assert is_dead(f"{machine}:{pid}:{int(start) - 1}:{rest}")


@pytest.mark.parametrize("owner", ["", "me", "elsewhere:1:2:3", ":::", "elsewhere:x:2:3"])
def test_what_cannot_be_known(owner: str) -> None:
    assert not is_dead(owner)


def test_a_process_of_another_machine(dead_owner: str) -> None:
    assert not is_dead("elsewhere-" + dead_owner)


def test_a_child_is_another_process() -> None:
    parent = new_owner()
    read, write = os.pipe()
    if not (child := os.fork()):
        os.write(write, new_owner().encode())
        os._exit(0)
    os.waitpid(child, 0)
    owner = os.read(read, 1000).decode()
    os.close(read)
    os.close(write)
    assert owner.split(":")[1] == str(child)
    assert is_dead(owner)
    assert not is_dead(parent)


def test_who_holds(dead_owner: str) -> None:
    owner = new_owner()
    assert holds(owner, 10.0, 9.9)
    assert not holds(owner, 10.0, 10.0)
    assert not holds(dead_owner, 10.0, 9.9)
    assert not holds(None, None, 9.9)
