"""Ways out for what is not stored as it is: names, two functions for a class, registering."""

import dataclasses
import logging
import string
import subprocess
import sys
import textwrap
import threading

import pytest

import contweb
from contweb import Continuation, flow, register, resource, start, storable, suspend
from contweb.errors import CannotStoreError, ForbiddenError, NotThereError
from contweb.state import travel
from contweb.state.codec import Codec
from tests.state.values import carry


def without_resources(monkeypatch):
    for table in ("_by_name", "_names"):
        monkeypatch.setattr(travel.RESOURCES, table, {})


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    """The tables of the process as they were, after each test."""
    without_resources(monkeypatch)
    for table in ("_REGISTERED", "_WAYS", "_FAMILIES", "_BY_NAME"):
        monkeypatch.setattr(travel, table, dict(getattr(travel, table)))


def through(value):
    data = start(carry, value).continuation.dumps(trusted=True)
    return Continuation.loads(data, trusted=True).resume().value


class Engine:
    def __init__(self):
        self.lock = threading.Lock()

    def query(self):
        return "rows"


# resources


def test_a_resource_travels_by_its_name():
    engine = resource("engine", Engine())
    held = through({"engine": engine, "again": [engine]})
    assert held["engine"] is held["again"][0] is engine


def test_its_methods_travel_with_it():
    engine = resource("engine", Engine())
    assert through(engine.query)() == "rows"


def test_a_function_can_be_one():
    local = resource("f", lambda: 3)
    assert through(local) is local


def test_a_logger():
    logger = resource("log", logging.getLogger("tests.travel"))
    assert through(logger) is logger


def test_where_nothing_has_the_name(monkeypatch):
    data = start(carry, resource("engine", Engine())).continuation.dumps(trusted=True)
    without_resources(monkeypatch)
    with pytest.raises(NotThereError, match="'engine'"):
        Continuation.loads(data, trusted=True)


def test_what_has_the_name_there(monkeypatch):
    data = start(carry, resource("engine", Engine())).continuation.dumps(trusted=True)
    without_resources(monkeypatch)
    other = resource("engine", Engine())
    assert Continuation.loads(data, trusted=True).resume().value is other


def test_one_name_is_one_resource():
    engine = resource("engine", Engine())
    assert resource("engine", engine) is engine
    with pytest.raises(ValueError, match="'engine'"):
        resource("engine", Engine())


@pytest.mark.parametrize("value", [1, "text", [1], {"a": 1}, None, (1, 2)])
def test_a_plain_value_needs_no_name(value):
    with pytest.raises(TypeError, match="stored as it is"):
        resource("value", value)


def test_two_tables_with_one_name_are_never_mistaken():
    one, other = travel.Resources(), travel.Resources()
    first, second = Engine(), Engine()
    one.add("engine", first)
    other.add("engine", second)
    codec = Codec(None, resources=(one, other))
    assert codec.load(codec.dump(first)) is first
    with pytest.raises(CannotStoreError, match="two resources"):
        codec.dump(second)


# two functions


class Money:
    def __init__(self, cents):
        self.cents = cents
        self.lock = threading.Lock()


class Euro(Money):
    pass


def test_a_class_with_two_functions():
    storable(Money, lambda money: money.cents, Money)
    money = Money(5)
    held = through([money, money])
    assert held[0] is held[1] is not money
    assert held[0].cents == 5


def test_as_a_decorator():
    assert storable(dump=lambda money: money.cents, load=Money)(Money) is Money
    assert through(Money(7)).cents == 7


class Own:
    def __init__(self, text):
        self.text = text
        self.lock = threading.Lock()

    def __dump__(self):
        return self.text

    @classmethod
    def __load__(cls, text):
        return cls(text)


def test_by_the_methods_of_the_class():
    assert storable(Own) is Own
    assert through(Own("a")).text == "a"


def test_subclasses_are_not_taken_for_the_class():
    storable(Money, lambda money: money.cents, Money)
    with pytest.raises(CannotStoreError, match=r"value\.lock"):
        through(Euro(1))


def test_subclasses_where_that_is_said():
    storable(Money, lambda money: (type(money), money.cents), lambda kept: kept[0](kept[1]), subclasses=True)
    assert type(through(Euro(1))) is Euro


def test_what_is_made_may_hold_what_travels():
    engine = resource("engine", Engine())
    storable(Money, lambda money: [engine, money.cents], lambda kept: Money(kept))
    assert through(Money(3)).cents == [engine, 3]


def test_the_path_goes_through_what_is_made():
    storable(Money, lambda money: {"lock": money.lock}, Money)
    with pytest.raises(CannotStoreError) as refused:
        through({"money": Money(1)})
    assert refused.value.path == "value['money'] (what is stored in its place)['lock']"


def test_what_dump_raises_is_the_reason():
    def fail(money):
        raise ValueError("it is not paid")

    storable(Money, fail, Money)
    with pytest.raises(CannotStoreError, match=r"value\[0\].*it is not paid"):
        through([Money(1)])


def test_what_load_raises_is_raised():
    def fail(kept):
        raise ConnectionError("the database is down")

    storable(Money, lambda money: money.cents, fail)
    data = start(carry, Money(1)).continuation.dumps(trusted=True)
    with pytest.raises(ConnectionError, match="down"):
        Continuation.loads(data, trusted=True)


def test_without_its_functions_it_is_refused(monkeypatch):
    storable(Money, lambda money: money.cents, Money)
    data = start(carry, Money(1)).continuation.dumps(trusted=True)
    monkeypatch.setattr(travel, "_BY_NAME", {})
    with pytest.raises(NotThereError, match="Money"):
        Continuation.loads(data, trusted=True)


@pytest.mark.parametrize("arguments", [(Money,), (Money, len), (5, len, len), (Money, 1, 2)])
def test_what_is_no_class_with_two_functions(arguments):
    with pytest.raises(TypeError, match="__dump__"):
        storable(*arguments)


# registered


def test_a_class_of_another_package():
    with pytest.raises(CannotStoreError, match=r"contweb\.register\(string\.Template\)"):
        through(string.Template("a"))
    assert register(string.Template) is string.Template
    assert through(string.Template("$a")).template == "$a"


def test_a_function_of_another_package():
    with pytest.raises(CannotStoreError, match=r"contweb\.register\(textwrap\.dedent\)"):
        through(textwrap.dedent)
    register(textwrap.dedent)
    assert through(textwrap.dedent) is textwrap.dedent


def test_others_stay_forbidden(monkeypatch):
    register(string.Template)
    data = start(carry, string.Template).continuation.dumps(trusted=True)
    with pytest.raises(CannotStoreError):
        through(string.Formatter)
    monkeypatch.setattr(travel, "_REGISTERED", {})
    with pytest.raises(ForbiddenError):
        Continuation.loads(data, trusted=True)


@pytest.mark.parametrize("thing", [lambda: 1, 5, "text", Engine().query, logging.getLogger()])
def test_what_has_no_name_of_its_own(thing):
    with pytest.raises(TypeError, match="resource"):
        register(thing)


def test_an_imposter():
    class Template:
        __module__, __qualname__ = "string", "Template"

    with pytest.raises(TypeError):
        register(Template)


# across processes and in apps


@dataclasses.dataclass
class Order:
    engine: object
    money: object


@flow
def order():
    engine = resource("engine", engines[0])
    held = Order(engine, Money(9))
    suspend()
    return held.engine.query(), held.money.cents


engines = [Engine()]
FRESH = """
import sys
from contweb import Continuation, resource, storable
from tests.state import test_travel
resource("engine", test_travel.Engine())
storable(
    test_travel.Money, lambda money: money.cents, test_travel.Money)
print(Continuation.loads(bytes.fromhex(sys.argv[1]), trusted=True).resume().value)
"""


def test_in_another_process():
    storable(Money, lambda money: money.cents, Money)
    data = start(order).continuation.dumps(trusted=True)
    done = subprocess.run(
        [sys.executable, "-c", FRESH, data.hex()], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "('rows', 9)", done.stderr


def test_each_app_has_its_own():
    ask, html = contweb.ask, contweb.html
    form = html('<form method="post"><input name="n"></form>')

    def made(name):
        app = contweb.App(__name__, store="memory:", name=name)
        engine = app.resource("engine", Engine())
        engine.where = name

        @app.flow("/")
        def home():
            used = engine
            ask(form)
            return html(used.where)

        return app

    for name in ("one", "two"):
        browser = made(name).test_client()
        browser.open("/")
        assert browser.submit(n="1").text == name


def test_those_of_an_included_app():
    inner = contweb.App(__name__, store="memory:", name="inner")
    engine = inner.resource("engine", Engine())
    outer = contweb.App(__name__, store="memory:", name="outer")
    outer.include(inner)
    codec = outer.backing.codec
    assert codec.load(codec.dump(engine)) is engine
