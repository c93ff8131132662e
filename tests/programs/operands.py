"""Operands that a later part of their expression changes, or binds anew, or that are not bound at all."""

import string
from collections import deque

import tests.programs
from contweb import flow, suspend
from tests.programs import effect, program


def together(*args, **kwargs):
    return args, kwargs


class Basket:
    """Its methods are exchanged while it is used."""

    def __init__(self):
        self.kept = []

    def append(self, x):
        self.kept.append(x)

    def append_exchanged(self, x):
        self.kept.append(("exchanged", x))

    def exchange(self):
        self.append = self.append_exchanged
        return 0


@program(mutates=True)
def methods_of_containers():
    found, known, names, text = [], {}, set(), ""
    listed = []
    for i in range(2):
        listed.append(suspend(i))
        listed.extend((i, suspend("x")))
        listed.insert(suspend(0), i)
    table = {}
    table.update({"a": suspend(1)}, b=suspend(2))
    kinds = set()
    kinds.add(suspend("kind"))
    found.append(suspend(1))
    known.update(a=suspend(1))
    names.add(suspend("n"))
    return listed, table, kinds, found, known, names, text.join([suspend("a"), "b"]), ", ".join((suspend("c"), "d"))


@program(mutates=True)
def method_of_a_container_made_on_the_spot():
    return [1, 2, 3].index(suspend(2)), {"a": suspend(1)}.get(suspend("a")), f"{suspend(1)}, ".join([suspend("x")] * 2)


@program(mutates=True)
def method_kept_while_it_is_exchanged():
    basket = Basket()
    basket.append(suspend(1) + basket.exchange())
    return basket.kept


@program(mutates=True)
def container_or_something_else():
    seen = []
    for i in range(2):
        found = [] if i else deque()
        found.append(suspend(i))
        seen.append((type(found).__name__, list(found)))
    return seen


@program(mutates=True)
def container_bound_anew_in_an_argument():
    first = found = []
    found.append(len(found := [suspend(1), 2]))
    return first, found


@program(mutates=True)
def container_of_a_closure_bound_anew():
    def renew():
        nonlocal found
        found = ["new"]
        return suspend(1)

    first = found = []
    found.append(renew())
    return first, found


@program(mutates=True)
def container_of_the_same_name_in_a_comprehension():
    baskets = [Basket()]
    found = []
    for i in range(2):
        [found.append(suspend(x)) for found in baskets for x in (i,)]
        found.append(suspend(i))
    return found, baskets[0].kept


@program
def container_not_bound():
    for _ in range(1):
        try:
            found.append(suspend("never"))
        except UnboundLocalError as error:
            effect(str(error))
    found = []
    try:
        found.push(suspend("never"))
    except AttributeError as error:
        effect(str(error))
    return found


@program(mutates=True)
def operand_bound_in_one_branch():
    seen = []
    for i in range(2):
        if i:
            x = suspend("x")
        try:
            seen.append(together(x, suspend(i)))
        except UnboundLocalError as error:
            seen.append(str(error))
    return seen


@program
def operand_deleted():
    x = suspend(1)
    del x
    try:
        return together(x, suspend("never"))
    except UnboundLocalError as error:
        return str(error)


@program
def operand_bound_in_a_handler():
    try:
        raise ValueError("a")
    except ValueError as error:
        shown = together(error, suspend(1))
    try:
        return together(error, suspend("never"))
    except UnboundLocalError as unbound:
        return str(unbound), str(shown)


@program
def operand_bound_anew_later():
    x = 1
    a = together(x, (x := suspend(2)), x, (x := suspend(3)))
    b = [x, *(x := suspend((4,))), x]
    c = x + (suspend(5), x := suspend((6,)))
    return a, b, c, x


@program
def operand_of_a_closure():
    def change():
        nonlocal x
        x += suspend(1)
        return x

    x = 1
    return together(x, change(), x, change())


@program
def operation_on_a_name():
    x = suspend(1)
    x += (x := suspend(5)) + x
    y = 0
    for i in range(2):
        y -= suspend(i) or suspend(2)
    return x, y


@program
def operation_on_a_name_of_a_closure():
    def change():
        nonlocal x
        x = suspend(10)
        return x

    x = 1
    x += change()
    return x


@program
def operation_on_an_unbound_name():
    try:
        x += suspend("never")
    except UnboundLocalError as error:
        effect(str(error))
    x = 1
    x += suspend(2)
    del x
    try:
        x *= suspend("never")
    except UnboundLocalError as error:
        effect(str(error))


@program(mutates=True)
def operation_in_place():
    xs = ys = [1]
    xs += [suspend(2)]
    xs *= suspend(2)
    return xs, xs is ys


@program(mutates=True)
def spread_before_it_is_changed():
    @flow
    def of(xs, table):
        a = together(*xs, xs.append(suspend(1)), *xs)
        b = {**table, "c": table.update(b=suspend(2))}
        c = together(**table, e=table.update(d=suspend(3)))
        d = [*xs, xs.append(suspend(4))]
        e = f"{xs} {xs.append(suspend(5))} {xs}"
        return a, b, c, d, e

    return of([0], {"a": 0})


@program
def conditional_that_is_returned_or_assigned():
    global kept

    def chosen(n):
        return suspend("zero") if n == 0 else n if n == 1 else suspend("more") if suspend(n) else None

    def keep():
        nonlocal here
        here = suspend("here") if suspend(True) else 0

    here = 1
    keep()
    found = chosen(0), chosen(1), chosen(2)
    kept = suspend("kept") if here else suspend("never")  # the last: another process does not have the global
    return found, here, kept


@program
def conditional_returned_through_a_finally():
    def chosen(n):
        try:
            return suspend("yes") if n else suspend("no")
        finally:
            effect(suspend("finally"))

    return chosen(0), chosen(1)


@flow
def change_the_module():
    tests.programs.changed += 1
    return suspend("changed")


@program(once=True)
def attribute_of_a_module_that_changes():
    tests.programs.changed = 0
    seen = (tests.programs.changed, change_the_module(), tests.programs.changed, change_the_module())
    seen += (max(tests.programs.changed, len(change_the_module()) - 7), [string.digits, suspend(1)])
    string.changed = 0
    seen += ([string.changed, change_the_text(), string.changed],)
    return seen


@flow
def change_the_text():
    string.changed += 1
    return suspend("changed")
