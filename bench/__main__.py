"""Prints all measurements of one run on this machine."""

import os
import platform
import sys

from bench import core, http

PARTS = {"core": core.run, "http": http.run}

if __name__ == "__main__":
    wanted = sys.argv[1:] or list(PARTS)
    system = f"{platform.system()} {platform.machine()}"
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores, {system}")
    for name in wanted:
        PARTS[name]()
