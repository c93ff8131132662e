"""Methods of every kind, of classes outside and inside the flow."""

from contweb import flow, suspend
from tests.programs import effect, program


class Account:
    """Its methods are flows one by one."""

    kind = "account"

    def __init__(self, owner, amount=0):
        self.owner, self.amount = owner, amount

    @flow
    def pay(self, amount):
        self.amount += suspend(amount)
        return self.amount

    @flow
    def pay_all(self, *amounts):
        return [self.pay(a) for a in amounts]

    @classmethod
    @flow
    def open(cls, owner):
        return cls(suspend(owner), amount=suspend(10))

    @staticmethod
    @flow
    def rate(base):
        return suspend(base) * 2

    @property
    def text(self):
        return f"{self.owner}: {self.amount}"

    @text.setter
    def text(self, value):
        effect(value)
        self.owner = value


@program(mutates=True)
def method_suspends():
    account = Account("me")
    return account.pay(5), account.pay(6), account.amount


@program(mutates=True)
def method_calls_method():
    account = Account("me")
    return account.pay_all(1, 2, 3), account.text


@program
def class_method():
    account = Account.open("you")
    return account.text, account.open("me").text, type(account) is Account


@program
def static_method():
    return Account.rate(2), Account("me").rate(3)


@program(mutates=True)
def bound_and_unbound_methods():
    account = Account("me")
    pay = account.pay
    suspend("?")
    return pay(1), Account.pay(account, 2), pay.__self__ is account, pay.__name__


@program(mutates=True)
def bound_method_kept_across_a_suspension():
    account = Account("me")
    pays = [account.pay, Account("you").pay]
    suspend("?")
    return [p(1) for p in pays], account.amount, pays[0].__self__ is account


@program(mutates=True)
def property_without_suspension():
    account = Account("me")
    account.text = suspend("you")
    return account.text, suspend("?"), account.text


@program(mutates=True)
def object_shared_by_frames():
    account = Account("me")

    def inner(a):
        a.pay(5)
        suspend("?")
        return a is account

    return inner(account), account.amount


@program(mutates=True, stored=False)
def class_inside_the_flow():
    by = suspend(2)

    class Counter:
        step = by

        def __init__(self, n):
            self.n = n

        def up(self):
            self.n += suspend(self.step)
            return self.n

        def twice(self):
            return self.up(), self.up()

    counter = Counter(suspend(1))
    return counter.up(), counter.twice(), Counter.up(counter)


@program(stored=False)
def class_inside_the_flow_with_every_kind_of_method():
    class Tool:
        @classmethod
        def make(cls, x):
            suspend("make")
            tool = cls()
            tool.x = suspend(x)
            return tool

        @staticmethod
        def add(a, b):
            return suspend(a) + suspend(b)

        @property
        def doubled(self):
            return self.x * 2

        def __call__(self, y):
            return self.x + y

    tool = Tool.make(5)
    return tool.x, Tool.add(1, 2), tool.add(3, 4), tool.doubled, tool(suspend(1))


@program(stored=False)
def chained_methods():
    class Query:
        def __init__(self, parts=()):
            self.parts = parts

        def where(self, part):
            return Query((*self.parts, suspend(part)))

        def all(self):
            suspend("all")
            return self.parts

    return Query().where("a").where(suspend("b")).all()


@program(stored=False)
def methods_added_later():
    class Empty:
        pass

    def m(self, x):
        return type(self).__name__, suspend(x)

    Empty.m = m
    Empty.l = lambda self: suspend("l")
    e = Empty()
    return e.m(1), e.l()


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Number(self.n + other.n)

    def __eq__(self, other):
        return self.n == other.n

    def __getitem__(self, i):
        return self.n * i

    def __len__(self):
        return self.n

    def __contains__(self, x):
        return x == self.n

    def __iter__(self):
        return iter(range(self.n))


@program
def operators_without_suspension():
    n = Number(suspend(2)) + Number(suspend(3))
    return n.n, n == Number(suspend(5)), n[suspend(3)], len(n), suspend(5) in n, [suspend(x) for x in n]


class Counted(type):
    @flow
    def __call__(cls, *args):
        made = super().__call__(*args)
        made.number = suspend(7)
        return made


class Item(metaclass=Counted):
    def __init__(self, name):
        self.name = effect(name)


@program(mutates=True)
def asks_in_the_call_of_a_metaclass():
    item = Item(suspend("item"))
    return item.name, item.number, type(item) is Item, suspend("?")


class Private:
    """Names that Python mangles, and those that it does not."""

    @flow
    def ask(self, __by):
        import os.path as __path

        __sum = suspend(10)

        def add(__n):
            nonlocal __sum
            __sum += __n
            return __sum

        match suspend((1, {"a": 2, "b": 3})):
            case (__one, {"a": __two, **__rest}):
                suspend("?")
        try:
            self.__tell(__by=suspend(1))
        except TypeError as __error:
            said = suspend(str(__error))
        told = self.__tell(_Private__by=suspend(1)), self.__tell(suspend(2))
        return add(__by), __sum, __one, __two, __rest, said, told, __path.sep, [__x for __x in suspend([4])]

    def __tell(self, __by):
        return __by


@program
def private_names():
    return Private().ask(suspend(5))


class Slotted:
    __slots__ = ("function",)

    def __init__(self, function):
        self.function = function


@program
def function_in_a_slot():
    return Slotted(lambda x: suspend(x)).function(1), Slotted(lambda x: suspend(x) + 1).function(suspend(2))


def as_it_is(made):
    effect((made.__name__, made.__qualname__))
    return made


class Keeper:
    @flow
    def keep(self):
        @as_it_is
        def __help():
            return suspend("help")

        class __Inside:
            __value = 7

            def __read(self):
                return suspend(self.__value)

            def read(self):
                return self.__read()

            class __Deep:
                pass

            if True:

                def __late(self):
                    pass

        suspend("?")
        inside = __Inside()
        named = __help, __Inside, __Inside._Inside__read, __Inside._Inside__Deep, __Inside._Inside__late
        return inside.read(), __help(), [(each.__name__, each.__qualname__) for each in named]


@program(stored=False)
def private_definitions():
    return Keeper().keep()


@program(stored=False)
def private_names_of_a_decorated_class():
    @as_it_is
    class Inside:
        __value = 5

        @staticmethod
        def __start():
            return 4

        def __read(self):
            return suspend(self.__value)

        def read(self):
            return self.__read()

        value = __start()

    return Inside().read(), Inside.value, [name for name in vars(Inside) if "Inside" in name]
