"""Assignment to every kind of target: each part evaluated once, in order."""

from contweb import flow, suspend
from tests.programs import effect, program


class Slots:
    """Notes what is set, got and deleted."""

    def __init__(self):
        object.__setattr__(self, "kept", {})

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        effect(("get", name))
        return self.kept[name]

    def __setattr__(self, name, value):
        effect(("set", name, value))
        self.kept[name] = value

    def __getitem__(self, key):
        effect(("getitem", key))
        return self.kept[key]

    def __setitem__(self, key, value):
        effect(("setitem", key, value))
        self.kept[key] = value

    def __delitem__(self, key):
        effect(("delitem", key))
        del self.kept[key]

    def __delattr__(self, name):
        effect(("delattr", name))
        del self.kept[name]


@program
def name():
    x = suspend(1)
    y = x = suspend(x + 1)
    return x, y


@program
def chained():
    a = b = c = suspend([])
    return a is b, b is c, a


@program(mutates=True)
def chained_targets_left_to_right():
    d = {}
    d[effect("a")] = x = d[suspend("b")] = suspend("value")
    return d, x


@program(mutates=True)
def item_value_first_then_object_then_index():
    d = {}

    def where(name):
        effect(name)
        return d

    where("object")[suspend("index")] = suspend("value")
    where("object")[effect("a"), suspend("b")] = effect("value")
    return d


@program(mutates=True)
def attribute_value_first_then_object():
    box = Slots()

    def where(name):
        effect(name)
        suspend("where")
        return box

    where("object").x = suspend("value")
    return box.kept


@program(mutates=True)
def slice_targets():
    xs = list(range(10))
    xs[suspend(1) : suspend(3)] = suspend([9, 9, 9])
    xs[suspend(0) :: suspend(4)] = [suspend("a"), suspend("b"), effect("c")]
    xs[: suspend(1)] = ()
    return xs


@program
def unpack():
    a, b = suspend((1, 2))
    [c, d] = suspend("xy")
    (e, (f, g)), h = suspend(((1, (2, 3)), 4))
    return a, b, c, d, e, f, g, h


@program
def unpack_star():
    a, *b = suspend([1, 2, 3])
    *c, d = suspend("xyz")
    e, *f, g = suspend((1, 2))
    (h, *i), *j = suspend([[1, 2], 3])
    return a, b, c, d, e, f, g, h, i, j


@program
def unpack_suspensions_on_the_right():
    a, b = suspend(1), suspend(2)
    a, b = b, suspend(a)
    (c, d), e = (suspend(3), effect(4)), suspend(5)
    *f, g = *suspend([1, 2]), suspend(3)
    return a, b, c, d, e, f, g


@program(mutates=True)
def unpack_into_items():
    d = {}
    d[suspend("a")], d[suspend("b")] = suspend((1, 2))
    d[suspend("c")], *d[suspend("d")] = suspend([3, 4, 5])
    i, d[i] = suspend((7, 8))
    return d


@program(mutates=True)
def unpack_into_attributes():
    box = Slots()
    box.a, (box.b, *box.c), box.kept["x"] = suspend((1, (2, 3, 4), 5))
    return box.kept


@program
def unpack_swap_with_index():
    xs = [0, 1, 2]
    i = 0
    i, xs[i] = suspend((2, "two"))
    return i, xs


@program(mutates=True)
def unpack_too_few_and_too_many():
    d = {}
    seen = ()
    for values in ((1,), (1, 2, 3), 5):
        try:
            d[effect("a")], d[suspend("b")] = suspend(values)
        except (ValueError, TypeError) as error:
            seen += (str(error),)
    try:
        a, *b, c = suspend([1])
    except ValueError as error:
        seen += (str(error),)
    return d, seen


@program(mutates=True)
def unpack_error_halfway():
    d = {}
    try:
        d["a"], (d[suspend("b")], d["c"]), d["d"] = suspend((1, (2,), 3))
    except ValueError as error:
        return d, str(error)


@program
def augmented_names():
    n = suspend(1)
    n += suspend(2)
    n *= suspend(5)
    n -= effect(1)
    n //= suspend(2)
    n **= suspend(2)
    n %= suspend(30)
    n <<= suspend(2)
    n |= suspend(1)
    n ^= suspend(3)
    n &= suspend(0xFF)
    n >>= suspend(1)
    n /= suspend(2)
    return n


@program
def augmented_reads_before():
    x = 1

    def change():
        nonlocal x
        x = 100
        return suspend(1)

    x += change()
    return x


@program(mutates=True)
def augmented_item():
    d = Slots()
    d["n"] = 1

    def where(name):
        effect(name)
        suspend("where")
        return d

    where("object")[suspend("n")] += suspend(5)
    where("object")[effect("n")] *= effect(2)
    return d.kept


@program(mutates=True)
def augmented_attribute():
    box = Slots()
    box.n = 1

    def where():
        effect("where")
        return box

    where().n += suspend(5)
    box.n -= suspend(1) + suspend(2)
    return box.kept


@program(mutates=True)
def augmented_slice():
    xs = [1, 2, 3, 4]
    xs[suspend(1) : suspend(3)] += suspend([9])
    return xs


@program(mutates=True)
def augmented_in_place():
    xs = ys = [1]
    xs += suspend([2])
    xs *= suspend(2)
    zs = ws = (1,)
    zs += suspend((2,))
    return xs is ys, xs, zs is ws, zs


@program(mutates=True)
def augmented_in_place_of_an_item_of_a_tuple():
    t = ([1], 2)
    try:
        t[suspend(0)] += suspend([5])
    except TypeError as error:
        return t, suspend(str(error))


class Matrix:
    def __init__(self, n):
        self.n = n

    def __matmul__(self, other):
        return Matrix(self.n * 100 + other)


@program
def augmented_matrix():
    m = Matrix(1)
    m @= suspend(5)
    return m.n, (m @ suspend(7)).n


@program
def annotated():
    x: int = suspend(1)
    y: "no such name" = suspend(2)
    z: int
    (w): int = suspend(3)
    try:
        z
    except UnboundLocalError:
        suspend("unbound")
    return x, y, w


@program(mutates=True)
def annotated_targets():
    d = {}
    d[suspend("a")]: int = suspend(1)
    box = Slots()
    box.x: str = suspend("v")
    return d, box.kept


@program(once=True)
def global_variable():
    global counter
    counter = suspend(5)
    counter += suspend(1)
    suspend("between")
    result = counter
    del counter
    try:
        counter
    except NameError as error:
        return result, str(error)


@program
def assigned_to_itself():
    x = suspend(1)
    x = x
    x = (x, suspend(x))
    x = (x, suspend(x), x)
    return x


class Purse:
    __unit = 3

    def __init__(self):
        self.__sum = 10

    @flow
    def pay(self, __by):
        self.__sum -= suspend(__by)
        __local = self.__sum * self.__unit
        suspend("?")
        return __local, self.__dict__, self.__again()

    @flow
    def __again(self):
        return suspend("again")


@program(mutates=True)
def private_names_outside():
    return Purse().pay(4), Purse().pay(1)


@program(stored=False)
def private_names():
    class Account:
        __rate = 3

        def __init__(self):
            self.__sum = 10

        def pay(self, __by):
            self.__sum -= suspend(__by)
            __local = self.__sum * self.__rate
            suspend("?")
            return __local, self.__dict__

        def __secret(self):
            return suspend("secret")

        def tell(self):
            return self.__secret()

    account = Account()
    return account.pay(4), account.tell(), [n for n in dir(account) if "Account" in n]


@program
def same_name_for_everything():
    x = suspend(1)
    x = [x for x in suspend([x, 2])]
    x = (lambda x: suspend(x))(x)
    for x in x:
        pass
    with_x = {x: x for x in range(suspend(x))}
    return x, with_x


@program
def targets_that_bind_in_a_subscript():
    """What is bound there is perhaps not bound, or is another scope's."""
    x = i = 5
    xs, chosen = [0, 0], suspend(0)
    xs[(x := 1) if chosen else 0] = suspend(2)
    xs[[0 for i in range(1)][0]] += 3
    suspend("?")
    xs[[1 for i in range(1)][0]] = 4
    for xs[(x := 1) if suspend(chosen) else 0] in (7, 8):
        suspend(xs)
    return x, i, xs, [i for xs[[0 for i in "ab"][0]] in suspend((9, 10))]
