"""A resume told tools for coverage that the last line of a function had been run."""

import sys

from contweb import flow, start, suspend


@flow
def function(x):
    if suspend(x):
        return "yes"
    else:
        return "no"


def test_lines_of_a_resume():
    continuation = start(function, 1).continuation
    lines = set()

    def trace(frame, event, argument):
        if frame.f_code.co_name == "function" and event == "line":
            lines.add(frame.f_lineno - function.__code__.co_firstlineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        continuation.resume(True)
    finally:
        sys.settrace(before)
    assert lines - {0, 1} == {2, 3}
