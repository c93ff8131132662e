"""What a type checker must accept of the core: a flow keeps the type of its function."""
# pyright: strict

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_type

from contweb import Continuation, EarlierFrame, Finished, Suspended, flow, start, suspend


@flow
def add(first: int, /, second: int = 1, *, scale: float = 1.0) -> float:
    """Adds."""
    asked: int = suspend("third")
    return (first + second + asked) * scale


assert_type(add(1), float)
assert_type(add(1, second=2, scale=3.0), float)


@flow
def total(numbers: list[int]) -> float:
    return sum([add(number) for number in numbers])


@dataclass
class Cart:
    name: str

    @flow
    def line(self, count: int) -> tuple[str, int]:
        return self.name, count + int(suspend(count))

    @classmethod
    @flow
    def made(cls, name: str) -> Cart:
        suspend(name)
        return cls(name)

    @staticmethod
    @flow
    def fixed() -> str:
        return str(suspend())


assert_type(Cart("a").line(1), tuple[str, int])
assert_type(Cart.made("a"), Cart)
assert_type(Cart.fixed(), str)


def migrate(frame: EarlierFrame) -> dict[str, Any]:
    return {**frame.names, "count": 1}


@flow(name="shop.orders.order", aliases=["shop.order"], migrate=migrate)
def order(sku: str, *, count: int = 1) -> tuple[str, int]:
    return sku, count


assert_type(order("a", count=2), tuple[str, int])

chosen: Callable[[list[int]], float] = flow(lambda numbers: 1.0)


def drive(answers: list[Any]) -> object:
    step = start(add, 1, second=2)
    for answer in answers:
        if isinstance(step, Finished):
            break
        assert_type(step, Suspended)
        assert_type(step.continuation, Continuation)
        step = step.continuation.resume(answer)
    return step.value


def begin() -> list[Finished | Suspended]:
    return [start(Cart("a").line, 1), start(lambda: 1), start(Cart, name="b"), start(total, numbers=[1])]


def keep(continuation: Continuation) -> bytes:
    for frame in continuation.frames:
        assert_type(frame.function, str)
        assert_type(frame.line, int)
        assert_type(frame.names, dict[str, Any])
    data = continuation.dumps(keys=[b"k" * 32])
    assert_type(Continuation.loads(data, keys=[b"k" * 32]), Continuation)
    continuation.throw(ValueError("no"))
    return continuation.dumps(trusted=True)
