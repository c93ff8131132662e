"""Moving what is in an SQLite file's write-ahead log into the file.

SQLite does it by itself when the log is long, without stopping those who write; but while two processes write
all the time, it never catches up with them, the log cannot begin anew, and each commit from then on waits for
the disk. So each process does it here after so many commits: all that is there while others go on, then what
they have added, and this once they wait, for no longer than readers need.

https://sqlite.org/wal.html, sections 2.3 and 6; https://sqlite.org/pragma.html#pragma_wal_checkpoint
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Execute = Callable[[str], Any]  # of a connection

COMMITS = 512  # of one process, after which it is done
AT_MOST = 8000  # pages in the log, after which SQLite does it too: where commits are large
PATIENCE = 50  # milliseconds for those who read; a backup may take longer, and the log grows meanwhile


class Log:
    """Counts the commits of a process. It begins anywhere, so that many processes with few commits each,
    one after the other, do their part too."""

    def __init__(self, timeout: float) -> None:
        self._timeout = round(timeout * 1000)
        self._left = random.randint(1, COMMITS)

    def committed(self, execute: Execute) -> None:
        self._left -= 1
        if self._left <= 0:
            self._left = COMMITS
            self._move(execute)

    def _move(self, execute: Execute) -> None:
        execute("PRAGMA wal_checkpoint(PASSIVE)").close()
        execute(f"PRAGMA busy_timeout={PATIENCE}").close()
        try:
            execute("PRAGMA wal_checkpoint(RESTART)").close()
        finally:
            execute(f"PRAGMA busy_timeout={self._timeout}").close()
