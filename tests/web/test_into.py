"""``ask(into=...)``: objects made of answers, and pages shown again until that can be done."""

import datetime
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import pydantic.dataclasses
import pytest
import wtforms
from pydantic import Field
from wtforms import validators

from contweb import App, ask, html
from contweb.web.answers import Answer
from contweb.web.form_dataclass import read
from tests.web.forms import Login, Order, Size, Ticket, Zip, forms, ran


@pytest.fixture
def browser(make_app):
    app = make_app()
    app.include(forms)
    ran.clear()
    return app.test_client()


def test_a_dataclass(browser):
    browser.open("/order")
    browser.submit(
        name="Ada", count=" 3", price="1.50", day="2026-02-28", size="l", kind="used", tags="a", zip="8000"
    )
    assert ran == [
        Order(
            "Ada",
            3,
            Decimal("1.50"),
            datetime.date(2026, 2, 28),
            Size.LARGE,
            "used",
            False,
            ["a"],
            Zip("8000"),
        )
    ]
    assert browser.submit(n="").text.startswith("Order(name='Ada', count=3, price=Decimal('1.50')")


def test_what_is_wrong_is_said_and_what_was_typed_is_there(browser):
    first = browser.open("/order").url
    assert browser.page.status == 200
    bad = {"count": "1_0", "price": "nan", "day": "yesterday", "size": "xl", "kind": "old", "zip": "8x"}
    again = browser.submit(name="  ", gift=True, **bad)
    assert again.status == 200
    assert again.url != first
    assert again.url.startswith("/order/into~")
    said = [line for line in again.text.splitlines() if ": " in line]
    assert said == [
        "name: Fill this in.",
        "count: Type a whole number.",
        "price: Type a number.",
        "day: Type a date, such as 2026-01-31.",
        "size: Choose one of these.",
        "kind: Choose one of these.",
        "zip: Only digits.",
    ]
    fields = {field.name: field.values for field in again.forms[0].fields}
    assert {name: fields[name] for name in bad} == {name: [value] for name, value in bad.items()}
    assert fields["gift"] == ["on"]
    assert not ran
    browser.submit(name="Ada", count="", price="", day="", size="s", kind="new", zip="", gift=False)
    assert ran == [Order("Ada")]


def test_markup_in_what_was_typed_is_escaped(browser):
    browser.open("/order")
    browser.submit(name='"><b>', count="x")
    assert 'value="&#34;&gt;&lt;b&gt;"' in browser.page.markup


def test_what_the_class_itself_says(browser):
    browser.open("/order")
    assert "count: At most 9." in browser.submit(name="Ada", count="10").text
    assert "A gift has no price." in browser.submit(count="1", price="1", gift=True).text
    browser.submit(gift=False)
    assert ran == [Order("Ada", 1, Decimal(1))]


def test_the_same_wrong_answer_leads_to_the_same_page(browser):
    browser.open("/order")
    first = browser.submit(name="").url
    browser.back()
    assert browser.submit(name="").url == first
    browser.back()
    browser.submit(name="Ada")
    browser.open(first)
    browser.submit(name="Bea")
    assert [order.name for order in ran] == ["Ada", "Bea"]


def test_a_file_in_a_dataclass(browser):
    browser.open("/order")
    browser.submit(name="Ada", photo=("p.png", b"\x89PNG"))
    assert (ran[0].photo.filename, ran[0].photo.size) == ("p.png", 4)


def test_values_from_before(browser):
    browser.open("/edit")
    assert browser.page.forms[0].fields[0].values == ["Ada"]
    assert "count: Type a whole number." in browser.submit(name="Bea", count="x").text
    assert browser.page.forms[0].fields[0].values == ["Bea"]
    assert browser.submit(count="").text == "Bea"


def test_a_wrong_answer_does_not_use_up_a_page_that_is_answered_once(browser):
    first = browser.open("/edit").url
    second = browser.submit(name="").url
    browser.back()
    third = browser.submit(name="Ada").url
    for url, name in ((first, "Bea"), (second, "Bea"), (second, "")):
        page = browser.request("POST", url, data={"name": name})
        assert (page.status, page.title) == (409, "This page was answered already")
    assert browser.new_tab(first).submit(name="Ada").url == third
    assert len(ran) == 1


def test_showing_it_again_gives_no_more_time(browser, clock):
    browser.open("/edit")
    clock.advance(59)
    url = browser.submit(name="").url
    clock.advance(1)
    assert browser.request("POST", url, data={"name": "Ada"}).status == 410


@pytest.mark.parametrize("path", ["/markup", "/wrong/type", "/wrong/object", "/wrong/field"])
def test_what_cannot_be_asked_for_fails_at_the_ask(browser, path, caplog):
    assert browser.open(path).status == 500
    assert "TypeError" in caplog.text


def test_a_pydantic_model(browser):
    browser.open("/ticket")
    again = browser.submit({"name": "A", "count": "x", "tags": "1"})
    assert "name: String should have at least 2 characters" in again.text
    assert "count: Input should be a valid integer" in again.text
    assert "e-mail: " not in again.text
    assert "name: Value error, not this one" in browser.submit(name="admin", count="").text
    browser.submit({"name": "Ada", "e-mail": "a@example.org"})
    assert ran == [
        Ticket(**{"name": "Ada", "e-mail": "a@example.org", "tags": [1], "gift": False, "note": ""})
    ]
    assert "name='Ada' count=1" in browser.submit(n="").text.replace("Ticket(", "").replace(", ", " ")


def test_a_form_of_wtforms(browser):
    browser.open("/login")
    assert browser.page.text.splitlines()[-2:] == ["0", "Send"]
    again = browser.submit(name="much too long", age="x")
    assert "name: Field cannot be longer than 5 characters." in again.text
    assert "age: Not a valid integer value." in again.text
    assert again.forms[0].fields[0].values == ["much too long"]
    browser.submit(name="Ada", age="36")
    assert isinstance(ran[0], Login)
    assert browser.submit(n="").text == "Ada 36 True"


@dataclass
class Kinds:
    number: float = 0.0
    moment: datetime.datetime | None = None
    clock: datetime.time | None = None
    several: Annotated[set[int], "x"] = frozenset()
    pair: tuple[Size, ...] = ()
    on: bool = True


def of(*pairs):
    made = read(Kinds, Answer(pairs))
    return made.errors or made.value


def test_kinds_of_fields():
    assert of() == Kinds(on=False)
    assert of(("on", "on"), ("number", "-1.5e3"), ("clock", "18:30")) == Kinds(
        -1500.0, clock=datetime.time(18, 30)
    )
    assert of(("moment", "2026-01-31T18:30")).moment == datetime.datetime(2026, 1, 31, 18, 30)
    assert of(("several", "1"), ("several", "2"), ("several", "")).several == {1, 2}
    assert of(("pair", "l"), ("pair", "s")).pair == (Size.LARGE, Size.SMALL)
    assert of(("several", "x")) == {"several": "Type a whole number."}
    for wrong in ("inf", "1e999", "0x1", "1_0", "٣"):
        assert of(("number", wrong)) == {"number": "Type a number."}
    assert of(("on", "perhaps")) == {"on": "Choose one of these."}
    assert of(("several", "9" * 5000)) == {"several": "Type a whole number."}


def test_type_checkers_know_the_result(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from dataclasses import dataclass\nfrom contweb import ask\n"
        "@dataclass\nclass Name:\n    first: str\n"
        'def f() -> None:\n    reveal_type(ask("x.html", into=Name))\n    reveal_type(ask("x.html", n=1))\n'
        '    ask("x.html", repeat="twice")\n'
    )
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--follow-imports=silent",
        "--cache-dir",
        str(tmp_path),
        str(program),
    ]
    said = subprocess.run(mypy, capture_output=True, text=True, check=False).stdout
    assert 'note: Revealed type is "program.Name"' in said
    assert 'note: Revealed type is "contweb.web.answers.Answer"' in said
    assert "No overload variant" in said


@dataclass
class Awkward:
    items: str
    copy: int


def test_fields_that_are_called_like_methods():
    app = App("tests.web", store="memory:")

    @app.flow("/awkward")
    def awkward():
        return html(repr(ask("into_named.html", into=Awkward, names=["items", "copy", "files", "keys"])))

    browser = app.test_client()
    first = browser.open("/awkward")
    assert first.text == "items\ncopy\nfiles\nkeys\nGo"
    assert [field.values for field in first.forms[0].fields] == [[""]] * 4
    again = browser.submit(items="", copy="x", keys="k")
    assert again.text == "items Fill this in.\ncopy Type a whole number.\nfiles\nkeys\nGo"
    assert [field.values for field in again.forms[0].fields] == [[""], ["x"], [""], ["k"]]
    assert browser.submit(items="a", copy="4").text == "Awkward(items='a', copy=4)"


@pydantic.dataclasses.dataclass
class Few:
    name: str
    count: Annotated[int, Field(gt=3)] = 4


def test_a_dataclass_of_pydantic():
    app = App("tests.web", store="memory:")

    @app.flow("/few")
    def few():
        return html(repr(ask("into_named.html", into=Few, names=["name", "count"])))

    browser = app.test_client()
    browser.open("/few")
    again = browser.submit(name="Ada", count="2")
    assert again.text == "name\ncount Input should be greater than 3\nGo"
    assert browser.submit(count="5").text == "Few(name='Ada', count=5)"


def no_two_alike(form, field):
    if len(set(field.data)) < len(field.data):
        raise validators.ValidationError("Twice the same.")


class Address(wtforms.Form):
    street = wtforms.StringField(validators=[validators.InputRequired("Where?")])
    town = wtforms.StringField()


class Household(wtforms.Form):
    address = wtforms.FormField(Address)
    people = wtforms.FieldList(
        wtforms.StringField(validators=[validators.InputRequired("Who?")]), "", [no_two_alike], min_entries=2
    )
    pets = wtforms.FieldList(wtforms.FormField(Address), min_entries=1)


def test_a_form_of_wtforms_in_a_form():
    app = App("tests.web", store="memory:", debug=True)

    @app.flow("/household")
    def household():
        done = ask("household.html", into=Household)
        return html(str(done.data))

    browser = app.test_client()
    assert browser.open("/household").text == "Go"
    typed = {"address-town": "Oslo", "people-0": "Ada", "pets-0-town": "Rome"}
    again = browser.submit(typed)
    assert again.text == "Where?\nWho?\npets: Where?\nGo"
    assert [each.values[0] for each in again.forms[0].fields] == ["", "Oslo", "Ada", "", "", "Rome"]
    browser.reload()
    more = {"address-street": "S", "people-1": "Ada", "pets-0-street": "S"}
    assert browser.submit(more).text == "Twice the same.\nGo"
    assert "'people': ['Ada', 'Eve']" in browser.submit({"people-1": "Eve"}).text


class Address(pydantic.BaseModel):
    street: str
    zip: int


class Parcel(pydantic.BaseModel):
    name: str
    to: Address
    back: Address | None = Field(None, alias="return")
    weights: list[int] = []


def test_a_model_in_a_model():
    app = App("tests.web", store="memory:")
    names = ["name", "to", "to.street", "to.zip", "return.street", "return.zip", "weights"]

    @app.flow("/parcel")
    def parcel():
        return html(repr(ask("into_named.html", into=Parcel, names=names)))

    browser = app.test_client()
    browser.open("/parcel")
    told = browser.submit({"name": "Ada", "to.zip": "x", "return.zip": "z", "weights": "y"}).text
    assert told.splitlines() == [
        "name",
        "to",
        "to.street",
        "to.zip Input should be a valid integer, unable to parse string as an integer",
        "return.street",
        "return.zip Input should be a valid integer, unable to parse string as an integer",
        "weights Input should be a valid integer, unable to parse string as an integer",
        "Go",
    ]
    made = browser.submit({"to.street": "High", "to.zip": "8", "return.zip": "", "weights": "1"}).text
    assert made == "Parcel(name='Ada', to=Address(street='High', zip=8), back=None, weights=[1])"
    browser.back()
    made = browser.submit(
        {"to.street": "High", "to.zip": "8", "return.street": "Low", "return.zip": "9", "weights": "1"}
    ).text
    assert "back=Address(street='Low', zip=9)" in made


class Node(pydantic.BaseModel):
    n: int = 0
    child: "Node | None" = None


def test_a_model_in_itself():
    app = App("tests.web", store="memory:")

    @app.flow("/node")
    def node():
        return html(repr(ask("into_named.html", into=Node, names=["n", "child.n", "child.child.n"])))

    browser = app.test_client()
    url = browser.open("/node").url
    made = browser.submit({"n": "1", "child.n": "2", "child.child.n": "3"}).text
    assert made == "Node(n=1, child=Node(n=2, child=Node(n=3, child=None)))"
    assert browser.request("POST", url, data={"child." * 5000 + "n": "3"}).status == 303
