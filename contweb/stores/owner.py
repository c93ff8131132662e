"""Who holds a claim: ``machine:pid:start:random-number``, so that the end of a process of this machine is
noticed at once.

``machine`` stands for the host name, the boot, and the space of process numbers (a container has its own):
only where all three are the same does a process number say anything. A claim from elsewhere ends by its time
alone.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import secrets
import socket
from functools import lru_cache
from pathlib import Path

_numbers = itertools.count(1)


def new_owner() -> str:
    """A new name for one holder of claims in this process (threads of a process need a name each)."""
    return f"{_process(os.getpid())}-{next(_numbers)}"


def is_dead(owner: str) -> bool:
    """Whether the process that made this name is known to be gone. False where that cannot be known."""
    parts = owner.split(":")
    if len(parts) != 4 or parts[0] != _machine() or not parts[1].isdecimal():
        return False
    return _is_gone(int(parts[1]), parts[2])


def holds(owner: str | None, until: float | None, now: float) -> bool:
    """Whether a claim by this owner until then still holds."""
    return owner is not None and until is not None and now < until and not is_dead(owner)


@lru_cache(maxsize=1)
def _process(pid: int) -> str:
    return f"{_machine()}:{pid}:{_start(pid) or '-'}:{secrets.token_hex(6)}"


@lru_cache(maxsize=1)
def _machine() -> str:
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    space = hashlib.sha256(f"{host} {_read('/proc/sys/kernel/random/boot_id')} {_pid_space()}".encode())
    return f"{host}-{space.hexdigest()[:12]}"


def _is_gone(pid: int, start: str) -> bool:
    if os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it belongs to another user, and lives
        pass
    reused = start != "-" and _start(pid) not in (start, "")
    return reused or _state(pid) in ("Z", "X")


def _start(pid: int) -> str:
    """When the process started, in ticks since the boot; empty where the system does not say."""
    return (_stat(pid) + [""] * 20)[19]


def _state(pid: int) -> str:
    return (_stat(pid) + [""])[0]


def _stat(pid: int) -> list[str]:
    """The fields after the name of the program, which may itself contain blanks and brackets."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _pid_space() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
