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


class Strange(Base):
    """Methods whose first argument is not there any more, or another."""

    other = "other"

    @flow
    def deleted(self):
        suspend("?")
        del self
        return super().other

    @flow
    def deleted_and_kept(self):
        suspend("?")
        del self
        made = super()
        return made

    @flow
    def deleted_and_called(self):
        suspend("?")
        del self
        return super().greet(suspend("hello"))

    @flow
    def deleted_in_a_loop(self):
        for _ in range(2):
            effect(super().__init__("again"))
            suspend("?")
            del self

    @flow
    def shared_and_deleted(self):
        read = lambda: self
        suspend(read().name)
        del self
        return super().greet("hello")

    @flow
    def shared_and_deleted_inside(self):
        def forget():
            nonlocal self
            del self

        forget()
        suspend("?")
        return super()

    @flow
    def rebound(self):
        suspend("?")
        self = 5
        return super().greet("hello")

    @flow
    def rebound_to_its_like(self):
        self = Strange("another")
        suspend("?")
        return super().greet("hello")

    @flow
    def only_a_star(*args):
        suspend("?")
        return super().greet("hello")

    @flow
    def in_a_function_without_arguments(self):
        def inner():
            suspend(self.name)
            return super()

        return inner()

    @flow
    def another_super(self):
        def super():
            suspend("another")
            return self

        return super().name


@program(stored=False)
def first_argument_deleted_or_rebound():
    seen = ()
    for name in [name for name, value in vars(Strange).items() if callable(value)]:
        try:
            seen += ((name, getattr(Strange("me"), name)()),)
        except Exception as error:
            seen += ((name, type(error).__name__, str(error)),)
    return [repr(each).partition(" at 0x")[0] for each in seen]


@flow
def outside(self):
    suspend("?")
    return super().greet("hello")


@program
def outside_a_class():
    try:
        return outside(Derived("me"))
    except RuntimeError as error:
        return suspend(str(error))


@program(stored=False)
def class_cell_deleted():
    class Inside(Base):
        def greet(self, word):
            nonlocal __class__
            del __class__
            suspend(word)
            return super().greet(word)

    try:
        return Inside("me").greet("hello")
    except RuntimeError as error:
        return suspend(str(error))


class InHeads(Base):
    @flow
    def greet(self, word):
        suspend(word)

        def f(x=super().greet("f"), *, y: super().greet("y") = 1):  # noqa: B008
            return x, y, f.__annotations__

        suspend(word)
        g = lambda x=super().greet("g"): x  # noqa: E731
        return f(), g()


@program
def super_in_the_heads_of_definitions():
    return InHeads("me").greet("hello")
