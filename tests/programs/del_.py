"""del: names, items, attributes, slices; and what is unbound after it."""

from contweb import suspend
from tests.programs import effect, program


@program
def del_name():
    x = suspend(1)
    y = x
    del x
    suspend("deleted")
    try:
        x
    except UnboundLocalError as error:
        return y, str(error)


@program
def del_and_bind_again():
    seen = ()
    for i in range(3):
        x = suspend(i)
        seen += (x,)
        del x
        suspend("gone")
        if i == 1:
            x = "again"
            seen += (suspend(x),)
    try:
        x
    except UnboundLocalError:
        seen += ("unbound",)
    return seen


@program
def del_several():
    a, b, c = suspend((1, 2, 3))
    del a, (b, [c])
    suspend("?")
    return sorted(locals())


@program(mutates=True)
def del_items():
    d = {"a": 1, "b": 2, "c": 3, "d": 4}
    del d[suspend("a")]
    del d[effect("b")], d[suspend("c")]
    return d


@program(mutates=True)
def del_slices():
    xs = list(range(10))
    del xs[suspend(1) : suspend(4)]
    del xs[:: suspend(3)]
    return xs


class Box:
    pass


@program(mutates=True)
def del_attributes():
    box = Box()
    box.x = box.y = 1

    def where(name):
        effect(name)
        suspend("?")
        return box

    del where("x").x, where("y").y
    return box.__dict__


@program(mutates=True)
def del_errors_in_order():
    d = {"a": 1}
    try:
        del d[suspend("a")], d[suspend("missing")], d[effect("never")]
    except KeyError as error:
        return d, suspend(error.args)


@program
def del_unbound():
    try:
        del x
    except UnboundLocalError as error:
        suspend("?")
        message = str(error)
    x = 1
    return message, x


@program
def del_cell():
    x = suspend(1)

    def read():
        return x

    first = read()
    del x
    suspend("?")
    try:
        read()
    except NameError as error:
        return first, str(error)


@program
def del_parameter():
    def f(a, *args, b, **kwargs):
        del a, args
        suspend("?")
        return b, kwargs, sorted(locals())

    return f(1, 2, 3, b=4, c=5)
