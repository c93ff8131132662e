"""Flows to measure, and the same functions without contweb."""

from contweb import flow, suspend


@flow
def outermost(name):
    basket = [("coffee", 3), ("tea", 1)]
    total = middle(name, basket)
    return name, basket, total


@flow
def middle(name, basket):
    total = 0
    for _item, count in basket:
        total += count
    return innermost(name, total) + total


@flow
def innermost(name, total):
    answer = suspend(f"{name}, {total}?")
    return len(name) + total + answer


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def move(self, x):
        self.x += x

    def __enter__(self):
        return self

    def __exit__(self, *how):
        return None


def arithmetic(n):
    total = 0
    for i in range(n):
        total = (total * 3 + i) % 1_000_003
    return total


def while_loop(n):
    total = i = 0
    while i < n:
        if i % 3 == 0:
            total += i
        i += 1
    return total


def attributes(n):
    point = Point(1, 2)
    for _ in range(n):
        point.x, point.y = point.y, point.x + 1
    return point.x


def builtins(n):
    total = 0
    for i in range(n):
        total += len(str(i))
    return total


def methods(n):
    found = []
    for i in range(n):
        found.append(i)
    return len(found)


def increment(number):
    return number + 1


def calls(n):
    total = 0
    for _ in range(n):
        total = increment(total)
    return total


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def comprehension(n):
    return sum([i * i for i in range(n) if i % 2])


PLAIN = {
    "arithmetic in a for loop": (arithmetic, 20_000),
    "a while loop with an if": (while_loop, 20_000),
    "attributes": (attributes, 20_000),
    "calls of built-ins": (builtins, 10_000),
    "calls of methods": (methods, 20_000),
    "calls of a plain function": (calls, 20_000),
    "a comprehension": (comprehension, 20_000),
}


# The same source, with a point in the loop that is never reached: natively and in a flow.


def arithmetic_around_a_point(n):
    total = 0
    for i in range(n):
        total = (total * 3 + i) % 1_000_003
        if total < 0:
            total = suspend(total)
    return total


def while_around_a_point(n):
    total = i = 0
    while i < n:
        total += suspend(i) if i < 0 else i
        i += 1
    return total


def methods_around_a_point(n):
    found = []
    for i in range(n):
        found.append(suspend(i) if i < 0 else i)
    return len(found)


def object_around_a_point(n):
    point = Point(1, 2)
    for i in range(n):
        point.move(suspend(i) if i < 0 else i)
    return point.x


def try_around_a_point(n):
    total = 0
    for i in range(n):
        try:
            total += suspend(i) if i < 0 else len(str(i))
        except ValueError:
            total = 0
    return total


def with_around_a_point(n):
    point = Point(1, 2)
    for i in range(n):
        with point:
            point.x += suspend(i) if i < 0 else len(str(i))
    return point.x


def comprehension_around_a_point(n):
    return sum([suspend(i) if i < 0 else i * i for i in range(n) if i % 2])


AROUND_POINTS = {
    "arithmetic in a for loop": (arithmetic_around_a_point, 20_000),
    "a while loop": (while_around_a_point, 20_000),
    "a point as an argument of a list's method": (methods_around_a_point, 20_000),
    "of an object's method": (object_around_a_point, 20_000),
    "try in a loop": (try_around_a_point, 10_000),
    "with in a loop": (with_around_a_point, 10_000),
    "a comprehension": (comprehension_around_a_point, 20_000),
}


@flow
def flow_increment(number):
    return number + 1


@flow
def flow_calls(n):
    total = 0
    for _ in range(n):
        total = flow_increment(total)
    return total


@flow
def flow_fibonacci(n):
    return n if n < 2 else flow_fibonacci(n - 1) + flow_fibonacci(n - 2)


BETWEEN_FLOWS = {
    "calls of another flow": (calls, flow_calls, 20_000),
    "recursion (Fibonacci)": (fibonacci, flow_fibonacci, 18),
}
