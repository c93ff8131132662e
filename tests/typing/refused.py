"""What a type checker must refuse: each line that says so, and no other."""

from __future__ import annotations

from contweb import Continuation, flow, start, suspend


@flow
def add(first: int, /, second: int = 1) -> float:
    return first + second + float(suspend())


add("one")  # refused: arg-type
add(1, third=3)  # refused: call-arg
text: str = add(1)  # refused: assignment
flow(3)  # refused: call-overload
start(3)  # refused: arg-type
start(add)  # refused: call-arg
start(add, "one")  # refused: arg-type
start(add, 1, third=3)  # refused: call-arg
start(add, 1, second="two")  # refused: arg-type
print(start(add, 1).continuation)  # refused: union-attr
Continuation.loads("text")  # refused: arg-type
