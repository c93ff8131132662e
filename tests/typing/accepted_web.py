"""What a type checker must accept of a site."""
# pyright: strict

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_type

from contweb import Answer, App, ask, flow, html, page

app = App(__name__, store="memory:")


@flow
def number(which: str) -> int:
    answer = ask("number.html", which=which)
    return int(answer["n"])


@app.flow("/add/<which>")
def add(which: str) -> object:
    first, second = number(which), number("second")
    assert_type(first, int)
    return page("sum.html", total=first + second)


@dataclass
class Claim:
    amount: int


@app.flow("/claim")
def claim() -> object:
    claimed = ask("claim.html", into=Claim, timeout=60)
    assert_type(claimed, Claim)
    assert_type(ask("thanks.html"), Answer)
    return page("done.html", amount=claimed.amount)


@app.flow("/shown")
def shown() -> object:
    ask(html("<p>hello</p>"))
    return html("<p>bye</p>")


@app.route("/")
def home() -> object:
    return "<p>home</p>"


def fields(answer: Answer) -> list[str]:
    return answer.getlist("n")
