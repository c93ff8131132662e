"""What works alone, together: forms, files, links, wizards, logins and mails in one flow."""

from dataclasses import dataclass

import pytest
import wtforms
from wtforms import validators

from contweb import App, Expired, Upload, ask, flow, forget, html, link, once, shared
from contweb.dialogs import ask_by_mail, require_login, wizard
from tests.web.flows import FORM

site = App(__name__)
mails, effects = [], []


@dataclass
class Photo:
    name: str
    photo: Upload


@site.flow("/photo", private=True)
def photo():
    try:
        sent = ask("into.html", into=Photo, timeout=60)
    except Expired as late:
        return f"<p>late: {late.answer.files['photo'].read().decode()}</p>"
    title = ask(FORM)["n"]
    return f"<p>{title}: {sent.name} {sent.photo.read().decode()}</p>"


class Guest(wtforms.Form):
    name = wtforms.StringField(validators=[validators.InputRequired("Who?")])
    age = wtforms.IntegerField()


class Guests(wtforms.Form):
    tables = wtforms.FieldList(wtforms.StringField(validators=[validators.Length(max=2)]), min_entries=2)
    guests = wtforms.FieldList(wtforms.FormField(Guest), min_entries=1)


@site.flow("/guests")
def guests():
    form = ask("guests.html", into=Guests)
    ask(FORM)
    return html(f"<p>{form.data}</p>")


def check(name, password):
    return name if password == "sesame" else None


@flow
def look_up(town):
    return town + ask(FORM)["n"]


@flow
def where(done, navigation):
    go = link(look_up, "Rome")
    found = ask(html(f'<a href="{go}">look up</a><form method="post"><input name="n"></form>'))
    return found if isinstance(found, str) else found["n"]


@flow
def when(done, navigation):
    return ask("way.html", navigation=navigation, typed=done["Where"])["n"]


@site.flow("/trip")
def trip():
    user = require_login(check)
    return html(f"<p>{user}: {wizard({'Where': where, 'When': when})}</p>")


@site.flow("/paths")
def paths():
    kind = ask(FORM)["n"]
    number = once("effect", effect, kind, scope="path")
    forked = ask(FORM)["n"]
    return html(f"<p>{kind} {number} {forked} {once('effect', effect, kind, scope='path')}</p>")


def effect(kind):
    effects.append(kind)
    return len(effects)


@site.flow("/join")
def join():
    name = ask(FORM)["n"]
    shared["names"] = [*shared.get("names", []), name]
    ask_by_mail(FORM, send=mails.append, meanwhile=html("<p>Look into your mail.</p>"))
    forget()
    return html(f"<p>{name} of {shared['names']}</p>")


@dataclass
class Vote:
    count: int


@site.flow("/vote")
def vote():
    ask(FORM)
    look = html("<p>Look into your mail.</p>")
    given = ask_by_mail("into.html", into=Vote, repeat="never", timeout=60, send=mails.append, meanwhile=look)
    return html(f"<p>{given}</p>")


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(site)
    mails.clear()
    effects.clear()
    return app


@pytest.fixture
def browser(app):
    return app.test_client()


def test_a_file_in_a_form_on_a_private_page_with_a_time(browser, app, clock):
    browser.open("/photo")
    clock.advance(30)
    again = browser.submit(name="", photo=("a.txt", b"first"))
    assert "name: Fill this in." in again.text
    assert app.test_client().request("POST", again.url, data={"name": "Eve"}).status == 403
    browser.submit(name="Ada", photo=("a.txt", b"second"))
    clock.advance(3600)
    assert browser.submit(n="Sea").text == "Sea: Ada second"
    browser.open(again.url)
    assert browser.page.status == 410


def test_a_file_that_comes_late(browser, clock):
    browser.open("/photo")
    clock.advance(30)
    browser.submit(name="")
    clock.advance(30)
    assert browser.submit(name="Ada", photo=("a.txt", b"slow")).text == "late: slow"


def test_lists_and_forms_in_a_form_of_wtforms(browser):
    browser.open("/guests")
    wrong = {"tables-0": "long", "tables-1": "b", "guests-0-name": "", "guests-0-age": "x"}
    again = browser.submit(wrong)
    said = [line for line in again.text.splitlines() if ": " in line]
    assert said == [
        "tables-0: Field cannot be longer than 2 characters.",
        "guests-0: Who? Not a valid integer value.",
    ]
    typed = {field.name: field.values for field in again.forms[0].fields}
    assert typed == {name: [value] for name, value in wrong.items()}
    browser.submit({"tables-0": "a", "guests-0-name": "Kim", "guests-0-age": "7"})
    assert browser.submit(n="").text == "{'tables': ['a', 'b'], 'guests': [{'name': 'Kim', 'age': 7}]}"


def test_a_link_in_a_wizard_behind_a_login(browser):
    browser.open("/trip")
    assert "Name or password is wrong." in browser.submit(name="kim", password="guess")
    first = browser.submit(name="kim", password="sesame").url
    browser.click("look up")
    browser.submit(n="!")
    tab = browser.new_tab()
    browser.click("Where")
    browser.click("look up")
    browser.submit(n="?")
    assert browser.submit(n="May").text == "kim: {'Where': 'Rome?', 'When': 'May'}"
    assert tab.submit(n="June").text == "kim: {'Where': 'Rome!', 'When': 'June'}"
    tab.open(first)
    tab.submit(n="Oslo")
    assert tab.submit(n="July").text == "kim: {'Where': 'Oslo', 'When': 'July'}"


def test_an_effect_of_a_path_and_a_fork(browser):
    browser.open("/paths")
    browser.submit(n="a")
    assert browser.submit(n="1").text == "a 1 1 1"
    browser.back()
    assert browser.submit(n="2").text == "a 1 2 1"
    browser.back()
    browser.back()
    browser.submit(n="b")
    assert browser.submit(n="3").text == "b 2 3 2"
    assert effects == ["a", "b"]


def test_a_mail_that_is_answered_while_its_visitor_goes_on(browser, app):
    first = browser.open("/join").url
    browser.submit(n="Kim")
    friend = app.test_client()
    friend.open(mails[0])
    browser.back()
    assert browser.submit(n="Lee").text == "Look into your mail."
    receipt = friend.submit(n="yes")
    assert receipt.text == "Kim of ['Kim', 'Lee']"
    assert browser.open(first).url == receipt.url
    other = app.test_client()
    assert other.open(mails[1]).url == receipt.url
    assert other.request("POST", mails[1], data={"n": "yes"}).status == 410


def test_a_form_that_is_mailed(browser, app, clock):
    browser.open("/vote")
    assert browser.submit(n="").text == "Look into your mail."
    friend = app.test_client()
    friend.open(mails[0])
    clock.advance(59)
    assert "count: Type a whole number." in friend.submit(count="x").text
    assert friend.submit(count="3").text == "Vote(count=3)"
    assert friend.request("POST", mails[0], data={"count": "4"}).status == 409
    assert len(mails) == 1
