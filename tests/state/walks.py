"""Takes one step of many programs in this process: the requests are read from stdin, the replies written."""

import importlib
import pickle
import sys
from typing import Any

from contweb import Continuation, start
from contweb.state.continuation import Suspended
from tests.compiler.harness import answer
from tests.programs import noted

Reply = dict[str, Any]


def step(request: Reply) -> Reply:
    """Start a program, or go on with it."""
    noted.clear()
    try:
        if "data" in request:
            result = Continuation.loads(request["data"], trusted=True).resume(answer(request["asked"]))
        else:
            result = start(getattr(importlib.import_module(request["module"]), request["name"]))
        if isinstance(result, Suspended):
            data = result.continuation.dumps(trusted=True)
            return {"data": data, "asked": result.value, "noted": list(noted)}
        return {"result": repr(result.value), "noted": list(noted)}
    except BaseException as error:  # a program may raise SystemExit
        return {"error": type(error).__name__, "noted": list(noted)}


def steps(requests: dict[str, Reply]) -> dict[str, Reply]:
    """The same for many."""
    return {name: step(request) for name, request in requests.items()}


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(steps(pickle.load(sys.stdin.buffer))))
