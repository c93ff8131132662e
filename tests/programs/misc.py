"""What fits nowhere else: imports, docstrings, globals, whole small programs."""

from contweb import flow, suspend
from tests.programs import effect, program

CONSTANT = 7


@program
def docstring_and_names():
    """The docstring."""
    suspend("?")
    return docstring_and_names.__doc__, docstring_and_names.__name__, docstring_and_names.__module__ == __name__


@program
def imports_inside():
    import math
    import os.path as path
    from collections import OrderedDict as Ordered
    from math import floor, sqrt

    suspend("?")
    return floor(sqrt(suspend(17))), math.pi > 3, path.basename("a/b"), Ordered(a=suspend(1))["a"]


@program
def import_errors():
    try:
        import no_such_module_anywhere
    except ImportError as error:
        suspend("?")
        return error.name


@program(once=True)
def globals_are_read_when_reached():
    before = CONSTANT
    globals()["CONSTANT"] = suspend(8)
    after = CONSTANT
    globals()["CONSTANT"] = 7
    return before, after


@program(once=True)
def global_functions_read_when_reached():
    global helper

    def helper(x):
        return "new", suspend(x)

    try:
        return helper(1)
    finally:
        del helper


@program
def many_locals():
    a = b = c = d = e = f = g = h = i = j = 0
    a = suspend(1)
    b = a + suspend(2)
    c = b + suspend(3)
    d = e = suspend(c)
    f, g = d, suspend(e)
    h = (i := f + g) + suspend(h)
    return a, b, c, d, e, f, g, h, i, j


@program
def values_of_every_type():
    import datetime
    import decimal
    import fractions
    import re
    import uuid

    values = [
        1, 1.5, 2j, True, None, ..., "s", b"b", bytearray(b"x"), (1,), [1], {1}, frozenset({1}), {"a": 1}, range(3),
        slice(1, 2), datetime.date(2020, 1, 2), datetime.timedelta(1), decimal.Decimal("1.5"), fractions.Fraction(1, 3),
        re.compile("a+"), uuid.UUID(int=5), int, len, NotImplemented, type(None), "x".upper, complex,
    ]
    before = [repr(v) for v in values if "at 0x" not in repr(v)]
    suspend("?")
    return before == [repr(v) for v in values if "at 0x" not in repr(v)], values[-2](), len(before)


@program
def add_two_numbers():
    return suspend(1) + suspend(-7)


@program(mutates=True)
def guess_the_number():
    secret, guesses = 5, iter([3, 8, 5])
    tries = 0
    while (guess := suspend(next(guesses))) != secret:
        tries += 1
        suspend("higher" if guess < secret else "lower")
    return "found", tries + 1


@program
def order_form():
    order = {}
    for field in ("name", "street", "zip"):
        while True:
            try:
                value = suspend(field)
                if field == "zip" and "bad" not in order:
                    order = {**order, "bad": True}
                    raise ValueError(value)
            except ValueError as error:
                suspend(("again", str(error)))
            else:
                order = {**order, field: value}
                break
    items = [(name, suspend(n)) for n, name in enumerate(("pen", "ink"), 1) if suspend(name)]
    return order, items, sum(n for _, n in items)


@flow
def menu(depth):
    choice = suspend(("choice", depth))
    match choice:
        case ("choice", 0):
            return "quit"
        case ("choice", n):
            return (n, menu(n - 1))


@program
def menus():
    return menu(3)


@program
def backtracking():
    def solve(target, parts, chosen):
        if target == 0:
            return chosen
        for i, part in enumerate(parts):
            if part <= target and suspend(part):
                found = solve(target - part, parts[i + 1 :], (*chosen, part))
                if found is not None:
                    return found
        return None

    return solve(9, (7, 3, 5, 4), ())


@program
def state_machine():
    state, seen = "start", ()
    while state != "end":
        seen += (state,)
        match state:
            case "start":
                state = suspend("middle")
            case "middle" if len(seen) < 4:
                state = suspend("again")
            case "again":
                state = suspend("middle")
            case _:
                state = suspend("end")
    return seen


@program(stored=False, mutates=True)
def bank():
    class Account:
        def __init__(self):
            self.amount = 0

        def pay(self, n):
            if n < 0:
                raise ValueError(suspend("negative"))
            self.amount += n
            return suspend(self.amount)

    account, seen = Account(), ()
    for n in (5, -1, 3):
        try:
            seen += (account.pay(n) > 0,)
        except ValueError as error:
            seen += (suspend(str(error)),)
        finally:
            suspend("slip")
    return seen


@program
def no_suspension_at_all():
    total = 0
    for i in range(10):
        if i % 3 == 0:
            continue
        total += i
    effect(total)
    return total


@program
def semicolons_and_one_liners():
    x = suspend(1); y = suspend(2); z = x + y
    if x: suspend("if"); effect("same line")
    for i in range(2): suspend(i); effect(i)
    while x < 3: x += suspend(1)
    try: suspend("try"); 1 / 0
    except ZeroDivisionError: suspend("except"); effect("handled")
    finally: suspend("finally")
    return x, y, z


@program
def line_continuations():
    x = suspend(1) + \
        suspend(2) + \
        effect(3)
    assert x \
        == suspend(6)
    return x, \
        suspend(
            """a
            b"""
        )


@program
def unicode_names():
    été = suspend("é")
    变量 = été + suspend("变")
    return 变量, [ñ for ñ in suspend("ñ")]


@program
def everything_at_once():
    log = ()

    def note(x):
        nonlocal log
        log += (x,)
        return suspend(x)

    for i in range(2):
        try:
            with_value = [note(j) for j in range(i + 1) if note(("if", j))]
            if note("test") and i:
                raise KeyError(note("error"))
        except KeyError as error:
            note(("handled", error.args[0]))
            continue
        else:
            note("else")
        finally:
            note(("finally", i))
        note(with_value == [0])
    return log


@program
def locals_in_the_head_of_a_definition():
    a = suspend(1) + suspend(2)

    def names(given=sorted(locals()), *, more=sorted(dir())):  # noqa: B008
        return given, more

    return names(), (lambda given=sorted(vars()): given)(), a
