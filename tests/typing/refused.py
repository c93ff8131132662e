"""What a type checker must refuse: each line that says so, and no other. What mypy calls it, then pyright."""

from __future__ import annotations

from contweb import Continuation, flow, start, suspend


@flow
def add(first: int, /, second: int = 1) -> float:
    return first + second + float(suspend())


add("one")  # refused: arg-type, reportArgumentType
add(1, third=3)  # refused: call-arg, reportCallIssue
text: str = add(1)  # refused: assignment, reportAssignmentType
flow(3)  # refused: call-overload, reportArgumentType
start(3)  # refused: arg-type, reportArgumentType, reportCallIssue
start(add)  # refused: call-arg, reportCallIssue
start(add, "one")  # refused: arg-type, reportArgumentType
start(add, 1, third=3)  # refused: call-arg, reportCallIssue
start(add, 1, second="two")  # refused: arg-type, reportArgumentType
print(start(add, 1).continuation)  # refused: union-attr, reportAttributeAccessIssue
Continuation.loads("text")  # refused: arg-type, reportArgumentType
