"""An annotation without a value, whose target has a point, was not compiled."""

from contweb import flow, start, suspend


@flow
def annotated():
    suspend("a").x: int
    suspend("b")[suspend("c")]: int
    return "end"


def test_its_parts_are_evaluated_and_it_is_not_read():
    step, asked = start(annotated), []
    while hasattr(step, "continuation"):
        asked.append(step.value)
        step = step.continuation.resume(None)
    assert (asked, step.value) == (["a", "b", "c"], "end")
