"""What compiling costs: over all flows of the example apps, in new processes, where nothing is warm."""

import inspect
import json
import subprocess
import sys
from time import perf_counter

from bench import table

ROUNDS = 5


def run():
    rounds = [json.loads(_in_a_process()) for _ in range(ROUNDS)]
    best = {what: min(each[what] for each in rounds) for what in rounds[0]}
    lines = best.pop("lines")
    rows = [(what, value * 1e3, value * 1e3 / lines * 100) for what, value in best.items()]
    table.show(f"Compiling all flows of the example apps, {lines} lines", ["", "ms", "ms/100 lines"], rows)


def _in_a_process():
    command = [sys.executable, "-c", "from bench import compiling; compiling.measure()"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def measure():
    """Import the apps, and print what took how long."""
    from contweb.runtime import registry

    compile_flow, took, functions, codes = registry.compile_flow, 0.0, [], []

    def timed(function, *others):
        nonlocal took
        functions.append(function)
        begun = perf_counter()
        compiled = compile_flow(function, *others)
        took += perf_counter() - begun
        codes.extend(compiled)
        return compiled

    registry.compile_flow = timed
    begun = perf_counter()
    __import__("wsgi")
    imported = perf_counter() - begun
    found = [inspect.getsourcelines(function) for function in functions]
    begun = perf_counter()
    for code in codes:
        code.twin()
    twins = perf_counter() - begun
    print(
        json.dumps(
            {
                "lines": sum(len(lines) for lines, _ in found),
                "at import": took,
                "at the first resume of each function": twins,
                "the import of the apps as a whole": imported,
            }
        )
    )
