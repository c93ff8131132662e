"""Capture, bytes, resume; and what plain code costs inside a flow."""

import pickle
import secrets
from time import perf_counter
from types import FunctionType

from bench import compiling, depth, programs, sizes, table
from contweb import Continuation, flow, start

ROUNDS = 40  # short ones: other programs use the machine too


def seconds(function, *arguments, turns=1):
    """Seconds of one call: the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = perf_counter()
        for _ in range(turns):
            function(*arguments)
        best = min(best, perf_counter() - begun)
    return best / turns


def run():
    continuation_costs()
    depth.run()
    sizes.run(seconds)
    plain_code()
    compiling.run()


def continuation_costs():
    keys = (secrets.token_bytes(32),)
    name = "Kim Example"
    suspended = start(programs.outermost, name)
    continuation = suspended.continuation
    data = continuation.dumps(keys=keys)
    names = [dict(frame.names) for frame in continuation.frames]
    pickled = pickle.dumps(names)
    revived = Continuation.loads(data, keys=keys)
    assert revived.resume(1) == continuation.resume(1)

    micro = {
        "call three flows and capture": seconds(start, programs.outermost, name, turns=200),
        "dumps": seconds(lambda: continuation.dumps(keys=keys), turns=200),
        "loads": seconds(lambda: Continuation.loads(data, keys=keys), turns=200),
        "resume to the end": seconds(revived.resume, 1, turns=200),
    }
    micro["together"] = sum(micro.values())
    rows = [(what, value * 1e6, len(data) if what == "dumps" else "") for what, value in micro.items()]
    pickling = seconds(pickle.dumps, names, turns=200)
    unpickling = seconds(pickle.loads, pickled, turns=200)
    rows.append(("pickle.dumps of the same names alone", pickling * 1e6, len(pickled)))
    rows.append(("pickle.loads of them", unpickling * 1e6, ""))
    table.show("A flow of three frames, captured in the innermost", ["", "µs", "bytes"], rows)


def plain_code():
    head = ["", "native ms", "flow ms", "ratio"]
    rows = [compared(what, *both(function), n) for what, (function, n) in programs.PLAIN.items()]
    table.show("A flow without points", head, rows)
    rows = [compared(what, *both(function), n) for what, (function, n) in programs.AROUND_POINTS.items()]
    rows += [compared(what, *functions) for what, functions in programs.BETWEEN_FLOWS.items()]
    table.show("A flow with points in its loops that do not suspend", head, rows)


def both(function):
    """The function as it is, and as a flow (which ``flow`` makes of the function itself)."""
    native = FunctionType(function.__code__, function.__globals__)
    return native, flow(function)


def compared(what, function, compiled, n):
    assert compiled(n) == function(n)
    native, inside = seconds(function, n), seconds(compiled, n)
    return what, native * 1e3, inside * 1e3, inside / native
