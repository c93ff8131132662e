"""super(), with and without arguments, before and after a suspension."""

from contweb import flow, suspend
from tests.programs import effect, program


class Base:
    def __init__(self, name):
        self.name = name

    @flow
    def greet(self, word):
        return f"{suspend(word)} {self.name}"

    @classmethod
    @flow
    def make(cls, name):
        return cls(suspend(name))


class Derived(Base):
    def __init__(self, name):
        super().__init__(name + "!")

    @flow
    def greet(self, word):
        suspend("derived")
        first = super().greet(word)
        suspend("again")
        return first, super(Derived, self).greet(suspend("bye")), __class__.__name__

    @classmethod
    @flow
    def make(cls, name):
        suspend("make")
        return super().make(name + "?")


@program
def zero_argument_super():
    return Derived("me").greet("hello")


@program
def super_in_a_class_method():
    made = Derived.make("me")
    return type(made).__name__, made.name, made.greet("hi")


@program(stored=False)
def super_in_a_class_inside_the_flow():
    class A:
        def m(self, x):
            return "A", suspend(x)

    class B(A):
        def m(self, x):
            suspend("B")
            return "B", super().m(suspend(x)), super().m(x + 1)

    class C(B):
        def m(self, x):
            return "C", super().m(x), suspend("end")

    return C().m(1)


@program(stored=False)
def super_in_diamonds():
    class Top:
        def m(self):
            return (suspend("top"),)

    class Left(Top):
        def m(self):
            return suspend("left"), *super().m()

    class Right(Top):
        def m(self):
            return suspend("right"), *super().m()

    class Bottom(Left, Right):
        def m(self):
            return suspend("bottom"), *super().m()

    return Bottom().m()


@program(stored=False)
def super_in_a_comprehension_and_lambda():
    class A:
        def m(self, x):
            return suspend(x)

    class B(A):
        def m(self, x):
            up = super()
            call = lambda y: super(B, self).m(y)
            return [up.m(i) for i in range(x)], call(9)

    return B().m(2)


@program(stored=False)
def super_in_a_nested_function():
    class A:
        def m(self):
            return suspend("A.m")

    class B(A):
        def m(self):
            def inner(me):
                suspend("inner")
                return super(__class__, me).m()

            return inner(self), __class__.__name__

    return B().m()


@program(stored=False)
def super_when_self_is_rebound():
    class A:
        def m(self):
            return suspend("A")

    class B(A):
        def m(self):
            result = super().m()
            kept, self = self, None
            suspend("?")
            self = kept
            return result, super().m()

    return B().m()


@program(stored=False)
def class_cell_alone():
    class A:
        def name(self):
            suspend("?")
            return __class__.__name__

        @staticmethod
        def static_name():
            suspend("?")
            return __class__.__name__

    return A().name(), A.static_name()
