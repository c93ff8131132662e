"""Flows that ask for whole objects, and for answers that may come once, in time, or from one browser only."""

import enum
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

import wtforms
from pydantic import BaseModel, Field, field_validator
from wtforms import validators

from contweb import App, Expired, ask, html, page, redirect
from contweb.web.uploads import Upload

forms = App(__name__)
FORM = html('<form method="post"><input name="n"><button>Go</button></form>')
ran = []


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Zip(str):
    def __new__(cls, text):
        if not text.isdigit():
            raise ValueError("Only digits.")
        return super().__new__(cls, text)


@dataclass
class Order:
    name: str
    count: int = 1
    price: Decimal | None = None
    day: date | None = None
    size: Size = Size.SMALL
    kind: Literal["new", "used"] = "new"
    gift: bool = False
    tags: list[str] = field(default_factory=list)
    zip: Zip | None = None
    note: str = ""
    photo: Upload | None = None

    def __post_init__(self):
        if self.count > 9:
            raise ValueError("count", "At most 9.")
        if self.gift and self.price:
            raise ValueError("A gift has no price.")


class Ticket(BaseModel):
    name: str = Field(min_length=2)
    count: int = 1
    email: str = Field(alias="e-mail")
    tags: list[int] = []
    gift: bool
    note: str | None = None

    @field_validator("name")
    @classmethod
    def no_admin(cls, name):
        if name == "admin":
            raise ValueError("not this one")
        return name


class Login(wtforms.Form):
    name = wtforms.StringField("Name", [validators.InputRequired("Who?"), validators.Length(max=5)])
    age = wtforms.IntegerField("Age", [validators.Optional()])


@forms.flow("/order")
def order():
    made = ask("into.html", into=Order)
    ran.append(made)
    ask(FORM)
    return html(f"<p>{made}</p>")


@forms.flow("/ticket")
def ticket():
    made = ask("into.html", into=Ticket)
    ran.append(made)
    ask(FORM)
    return html(f"<p>{made!r}</p>")


@forms.flow("/login")
def login():
    made = ask("wtforms.html", into=Login)
    ran.append(made)
    ask(FORM)
    return html(f"<p>{made.name.data} {made.age.data} {isinstance(made, Login)}</p>")


@forms.flow("/edit")
def edit():
    made = ask(page("into.html", typed={"name": "Ada"}), into=Order, step="edit", repeat="never", timeout=60)
    ran.append(made)
    return html(f"<p>{made.name}</p>")


@forms.flow("/markup")
def markup():
    ask(FORM, into=Order)


@forms.flow("/wrong/<what>")
def wrong(what):
    ask("into.html", into={"type": dict, "object": 5, "field": Strange}[what])


@dataclass
class Strange:
    parts: dict


@forms.flow("/seat")
def seat():
    try:
        n = ask(FORM, timeout=60)["n"]
    except Expired as late:
        ran.append("released")
        again = ask(FORM)["n"]
        return html(f"<p>too late: {late.answer['n']}, then {again}</p>")
    return html(f"<p>in time: {n}</p>")


@forms.flow("/unhandled")
def unhandled():
    try:
        return html(ask(FORM, timeout=60)["n"])
    finally:
        ran.append("finally")


@forms.flow("/repeat/<how>")
def repeat(how):
    n = ask(FORM, repeat=how)["n"]
    ran.append(n)
    return html(f"<p>{n}, {len(ran)}</p>")


@forms.flow("/private")
def private():
    n = ask(FORM, private=True)["n"]
    return html(f"<p>{n} {ask(FORM)['n']}</p>")


@forms.flow("/all-private", private=True)
def all_private():
    n = ask(FORM, private=False)["n"]
    m = ask(FORM)["n"]
    return redirect("/away") if m == "away" else html(f"<p>{n} {m}</p>")
