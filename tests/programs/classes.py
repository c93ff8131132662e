"""Classes made inside a flow."""

from contweb import flow, suspend
from tests.programs import effect, program


@program(stored=False)
def body_statements():
    n = suspend(3)

    class Box:
        """A box."""

        size = n * 2
        if size > 5:
            kind = "big"
        else:
            kind = "small"
        sizes = []
        for i in range(n):
            sizes.append(i)

        def read(self):
            return self.size, suspend("?"), self.kind

    suspend("?")
    return Box.__doc__, Box().read(), Box.sizes, Box.i, Box.__name__, Box.__qualname__


@program(stored=False, barriers=True)
def bases_and_keywords_suspend():
    def pick(x):
        suspend("pick")
        return x

    class Meta(type):
        def __new__(mcls, name, bases, namespace, **kwargs):
            effect((name, kwargs))
            return super().__new__(mcls, name, bases, namespace)

        def __init__(cls, name, bases, namespace, **kwargs):
            super().__init__(name, bases, namespace)

    class Base(metaclass=Meta, a=suspend(1)):
        pass

    class Derived(pick(Base), metaclass=pick(Meta), **suspend({"b": 2})):
        def m(self):
            return suspend("m")

    return Derived().m(), [c.__name__ for c in Derived.__mro__], type(Derived).__name__


@program(stored=False)
def instance_kept_across_suspensions():
    class Point:
        def __init__(self, x, y):
            self.x, self.y = x, y

        def __repr__(self):
            return f"Point({self.x}, {self.y})"

    p = Point(suspend(1), suspend(2))
    q = Point(p, p)
    suspend("?")
    return repr(p), repr(q), q.x is q.y, q.x is p, type(p) is Point, isinstance(q, Point)


@program(stored=False)
def class_kept_across_suspensions():
    class A:
        n = 1

    suspend("?")

    class B(A):
        m = A.n + 1

    suspend("?")
    return B.n, B.m, issubclass(B, A), B.__mro__[1] is A


@program(stored=False)
def class_variables_changed():
    class A:
        n = 0

        @classmethod
        def up(cls):
            return cls.n + suspend(1)

    return A.up(), A().up()


@program(stored=False, barriers=True)
def slots_and_init_subclass():
    class Base:
        seen = ()

        def __init_subclass__(cls, /, tag="none"):
            effect((cls.__name__, tag))

    class Slotted(Base, tag=suspend("t")):
        __slots__ = ("x",)

        def set(self, x):
            self.x = suspend(x)
            return self

    return Slotted().set(5).x


@program(stored=False)
def dataclass_inside():
    from dataclasses import dataclass, field

    usual = suspend(3)

    @dataclass(order=True)
    class Item:
        name: str
        price: int = usual
        tags: list = field(default_factory=list)

        def total(self, n):
            return self.price * suspend(n)

    a, b = Item("a"), Item("b", suspend(5))
    return repr(a).rsplit(".")[-1], a < b, b.total(2), a.tags is b.tags


@program(stored=False)
def enum_outside_and_inside():
    from enum import Enum

    class Color(Enum):
        RED = 1
        BLUE = 2

        def next(self):
            suspend("next")
            return Color.BLUE if self is Color.RED else Color.RED

    return Color.RED.next() is Color.BLUE, suspend("?"), Color.BLUE.next().name


@program(stored=False)
def class_in_a_loop():
    made = []
    for i in range(2):

        class A:
            n = i

            def m(self):
                return self.n, suspend(i)

        made = [*made, A]
        suspend("?")
    return [a().m() for a in made], made[0] is made[1]


@program(stored=False)
def class_in_a_method_in_a_class():
    class Outer:
        def make(self, x):
            suspend("make")

            class Inner:
                def read(self):
                    return x, suspend("read")

            return Inner()

    return Outer().make(1).read(), Outer().make.__qualname__


@program(stored=False)
def flow_methods_marked_inside():
    class A:
        @flow
        def m(self, x):
            return suspend(x)

        @staticmethod
        @flow
        def s(x):
            return suspend(x)

    return A().m(1), A.s(2)


@program(stored=False)
def named_tuple_and_simple_namespace():
    from collections import namedtuple
    from types import SimpleNamespace

    names = SimpleNamespace(a=suspend(1))
    names.b = suspend(2)
    Pair = namedtuple("Pair", "x y")
    return Pair(suspend(3), 4) == (3, 4), names.a, names.b


@program(stored=False)
def init_that_suspends():
    class Form:
        def __init__(self, name):
            self.name = suspend(name)
            self.size = suspend(2)

    form = Form("f")
    return form.name, form.size, type(form) is Form


@program(stored=False)
def init_that_suspends_and_calls_super():
    class Base:
        def __init__(self, name):
            self.name = suspend(name)

    class Form(Base):
        def __init__(self, name, *, size=1):
            super().__init__(name)
            self.size = suspend(size)

    form = Form(suspend("f"), size=3)
    return form.name, form.size


@program(once=True)
def global_by_declaration():
    global Declared, declared, Undecorated
    plainly = lambda function: function

    @plainly
    class Declared:
        class Inside:
            def method(self):
                return lambda: suspend("?")

    @plainly
    def declared():
        return lambda: suspend("?")

    class Undecorated: ...

    suspend("?")
    method = Declared.Inside().method
    named = [Declared, Declared.Inside, method, method(), declared, declared(), Undecorated]
    return [each.__qualname__ for each in named], method()(), declared()()


@program(stored=False)
def class_that_declares_a_variable_global():
    """Only for its own body: its methods see the function's."""
    x = "outer"

    class Inside:
        global x

        def read(self):
            return x

        def write(self, value):
            nonlocal x
            x = value

    inside = Inside()
    suspend("?")
    before = inside.read()
    inside.write(suspend("new"))
    suspend("?")
    return before, x, inside.read()
