"""Recursion."""

from contweb import flow, suspend
from tests.programs import effect, program


@flow
def down(n):
    if n == 0:
        return suspend("bottom")
    return down(n - 1)


@flow
def total(n):
    if n == 0:
        return suspend(0)
    return n + total(n - 1)


@flow
def even(n):
    return suspend(True) if n == 0 else odd(n - 1)


@flow
def odd(n):
    return suspend(False) if n == 0 else even(n - 1)


@program
def two_hundred_deep():
    return down(200), total(200)


@program
def mutual():
    return even(10), odd(7), even(3)


@program
def fibonacci():
    @flow
    def fib(n):
        return suspend(n) if n < 2 else fib(n - 1) + fib(n - 2)

    return fib(5)


@program
def hanoi():
    moves = ()

    def move(n, a, b, c):
        nonlocal moves
        if n:
            move(n - 1, a, c, b)
            moves += (suspend(a + c),)
            move(n - 1, b, a, c)

    move(3, "a", "b", "c")
    return moves


@program
def permutations():
    def permute(xs):
        if len(xs) < 2:
            return [xs]
        return [[x, *rest] for i, x in enumerate(xs) for rest in permute(xs[:i] + xs[i + 1 :]) if suspend(True)]

    return permute([1, 2, 3])


@program(mutates=True)
def queens():
    def place(row, columns):
        if row == 4:
            return [columns]
        found = []
        for c in range(4):
            if all(c != k and abs(c - k) != row - r for r, k in enumerate(columns)):
                found += place(row + 1, (*columns, suspend(c)))
        return found

    return len(place(0, ()))


@program
def ackermann():
    def a(m, n):
        if m == 0:
            return n + 1
        if n == 0:
            return a(m - 1, suspend(1))
        return a(m - 1, a(m, n - 1))

    return a(2, 2)


@program
def tree_walk():
    tree = ((("a", None, None), "b", ("c", None, None)), "d", None)

    def walk(node, depth):
        if node is None:
            return ()
        if len(node) == 3 and isinstance(node[0], str):
            return ((suspend(node[0]), depth),)
        left, name, right = node
        return walk(left, depth + 1) + ((suspend(name), depth),) + walk(right, depth + 1)

    return walk(tree, 0)


@program
def recursion_through_finally_and_with():
    def dive(n):
        try:
            if n == 0:
                raise ValueError("bottom")
            dive(n - 1)
        except ValueError:
            suspend(("up", n))
            if n == 3:
                return "caught"
            raise
        finally:
            effect(("finally", n))

    return dive(3)


@program
def recursion_through_a_handler():
    def handle(n):
        try:
            raise ValueError(n)
        except ValueError as error:
            suspend(n)
            return (*(handle(n - 1) if n else ()), *error.args)

    return handle(3)


@program
def recursion_in_a_loop_in_a_comprehension():
    def count(n):
        return [count(i) for i in range(n)] if suspend(n) else "leaf"

    return count(3)


@program
def recursion_limit_is_still_an_error():
    def forever(n):
        return forever(n + 1)

    suspend("?")
    try:
        forever(0)
    except RecursionError:
        found = "too deep"
    return suspend(found)
