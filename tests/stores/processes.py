"""Other processes that use the same store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

IN_A_PROCESS = """
import sys
from contweb.stores.sqlite import SQLiteStore
from contweb.stores.base import Page, Step
from contweb.stores.owner import new_owner
path, number = sys.argv[1:]
"""


class Process:
    """A process that runs some code as soon as it is told to."""

    def __init__(self, file: Path, code: str, number: int = 0) -> None:
        command = [
            sys.executable,
            "-c",
            f"{IN_A_PROCESS}print('ready', flush=True); input()\n{code}",
            str(file),
        ]
        self._process = subprocess.Popen([*command, str(number)], stdin=-1, stdout=-1, text=True)
        self.line()

    def go(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self) -> str:
        out, _ = self._process.communicate()
        assert self._process.returncode == 0
        return out.strip()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def in_processes(count: int, file: Path, code: str) -> list[str]:
    """What each of so many processes printed, having run the code at the same moment."""
    running = [Process(file, code, number) for number in range(count)]
    for process in running:
        process.go()
    return [process.end() for process in running]


def in_child(work: Callable[[], None]) -> None:
    """Do it in a fork of this process."""
    if not (child := os.fork()):
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
