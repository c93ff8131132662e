"""Sub-flows that many sites need."""

import pytest

from contweb import App, ask, flow, html, link, session
from contweb.dialogs import (
    Navigation,
    ask_by_mail,
    choose,
    confirm,
    inform,
    paginate,
    request_text,
    require_login,
    wizard,
)
from tests.web.flows import FORM

dialogs = App(__name__)
mails = []


def whole(text):
    if not text.isdecimal():
        raise ValueError("A whole number, please.")
    return int(text)


@dialogs.flow("/talk")
def talk():
    inform("<Hello>", button="Go on")
    if not confirm("Order one?", no="Never"):
        return "<p>nothing</p>"
    size = choose("Which size?", ["small", "large"])
    day = choose("Which day?", {"today": 0, "tomorrow": 1})
    age = request_text("How old?", check=whole, hint="In years")
    note = request_text("A note?", typed="none", lines=3)
    return html(f"<p>{size} {day} {age + 1} {note}</p>")


def pick(city):
    return city


@dialogs.flow("/cities")
def cities():
    found = [(f"city {n}", link(pick, n)) for n in range(45)]
    answer = paginate("cities.html", found)
    return html(f"<p>{answer if isinstance(answer, int) else answer['q']}</p>")


@flow
def first(done, navigation):
    return ask("way.html", step="first", navigation=navigation, typed=done.get("First", ""))["n"]


@flow
def second(done, navigation):
    name = ask("way.html", step="second", navigation=navigation, typed=done.get("Second", ""))["n"]
    return name + ask("way.html", step="more", navigation=navigation, typed="")["n"]


@flow
def third(done, navigation):
    return ask("way.html", step="third", navigation=navigation, typed=",".join(done.values()))["n"]


@dialogs.flow("/wizard")
def steps():
    return html(f"<p>{wizard({'First': first, 'Second': second, 'Third': third})}</p>")


@flow
def careful(done, navigation):
    while True:
        try:
            return int(ask("way.html", step="careful", navigation=navigation, typed="")["n"])
        except Exception:  # broad, as people write it
            continue


@dialogs.flow("/careful")
def careful_steps():
    return html(f"<p>{wizard({'First': first, 'Careful': careful})}</p>")


@flow
def nest(done, outer):
    def inner(done, navigation):
        both = Navigation((*outer.ways, *navigation.ways), navigation.back)
        return ask("way.html", step="inner", navigation=both, typed="")["n"]

    return wizard({"One": inner, "Two": inner})


@dialogs.flow("/nested")
def nested_steps():
    return html(f"<p>{wizard({'First': first, 'Nest': nest})}</p>")


@flow
def kept(done, navigation):
    return navigation.back


@dialogs.flow("/over")
def over():
    ask(html(f"<a href='{wizard({'First': first, 'Kept': kept})['Kept']}'>back</a>"))


def check(name, password):
    return {"name": name} if password == "sesame" else None


@dialogs.flow("/account")
def account():
    before = ask(FORM)["n"]
    user = require_login(check)
    while True:
        before += ask(html(f"<p>{user['name']} {before}</p><form method='post'><input name='n'></form>"))["n"]


@dialogs.route("/logout")
def logout():
    session.pop("user")
    return ""


def send(url):
    if mails == ["down"]:
        raise OSError("no mail today")
    mails.append(url)


@dialogs.flow("/join")
def join():
    name = ask(FORM)["n"]
    ask_by_mail(
        html("<form method='post'><button>I do</button></form>"), send=send, meanwhile=html("<p>Look</p>")
    )
    return html(f"<p>Welcome, {name}.</p>")


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(dialogs)
    mails.clear()
    return app


@pytest.fixture
def browser(app):
    return app.test_client()


def test_a_talk(browser):
    assert "<Hello>" in browser.open("/talk").text
    browser.click("Go on")
    assert "Order one?" in browser.page
    browser.click("Yes")
    assert browser.submit().text.count("Choose one of these.") == 1
    browser.submit(choice="1")
    browser.submit(choice="1")
    assert "In years" in browser.page
    assert "Fill this in." in browser.submit(text=" ")
    assert "A whole number, please." in browser.submit(text="x1")
    assert browser.page.forms[0].fields[0].values == ["x1"]
    browser.submit(text=" 41 ")
    assert browser.page.forms[0].fields[0].values == ["none"]
    assert "At most 10000 characters" in browser.submit(text="x" * 10_001)
    assert browser.submit(text="fine").text == "large 1 42 fine"


def test_no(browser):
    browser.open("/talk")
    browser.click("Go on")
    assert browser.click("Never").text == "nothing"


def test_pages_are_the_frameworks_and_fit_its_policy(browser):
    page = browser.open("/talk")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "style=" not in page.markup


def test_a_long_list(browser):
    assert "1/3: city 0" in browser.open("/cities")
    first = browser.page.url
    assert "previous" not in browser.page
    assert "2/3: city 20" in browser.click("next")
    assert "3/3: city 40" in browser.click("next")
    assert "next" not in browser.page
    assert "2/3" in browser.click("previous")
    assert browser.click("city 21").text == "21"
    browser.back()
    assert browser.submit(q="typed").text == "typed"
    browser.open(first)
    assert browser.click("city 7").text == "7"


def ways(page):
    return [(link.text, link.href.startswith("?~")) for link in page.links]


def test_a_wizard(browser):
    browser.open("/wizard")
    assert ways(browser.page) == []
    browser.submit(n="a")
    assert ways(browser.page) == [("First", True), ("Back", True)]
    browser.submit(n="b")
    browser.submit(n="c")
    assert browser.page.forms[0].fields[0].values == ["a,bc"]
    browser.click("First")
    assert browser.page.forms[0].fields[0].values == ["a"]
    assert ways(browser.page) == [("Second", True), ("Third", True)]
    browser.submit(n="A")
    assert browser.page.forms[0].fields[0].values == ["bc"]
    browser.click("Third")
    assert browser.page.forms[0].fields[0].values == ["A,bc"]
    browser.click("Back")
    browser.submit(n="B")
    browser.submit(n="C")
    assert browser.submit(n="d").text == "{'First': 'A', 'Second': 'BC', 'Third': 'd'}"


def test_a_wizard_and_the_browsers_own_back(browser):
    browser.open("/wizard")
    browser.submit(n="a")
    browser.click("Back")
    browser.submit(n="A")
    browser.back()
    browser.back()
    browser.submit(n="b")
    browser.submit(n="c")
    assert browser.submit(n="d").text == "{'First': 'a', 'Second': 'bc', 'Third': 'd'}"


def test_a_step_that_handles_every_exception_of_its_own(browser):
    browser.open("/careful")
    browser.submit(n="a")
    browser.submit(n="no number")
    browser.click("First")
    assert browser.page.forms[0].fields[0].values == ["a"]
    browser.submit(n="b")
    assert browser.submit(n="1").text == "{'First': 'b', 'Careful': 1}"


def test_a_wizard_in_a_wizard(browser):
    browser.open("/nested")
    browser.submit(n="a")
    browser.submit(n="x")
    browser.click("One")
    browser.submit(n="y")
    browser.click("First")
    assert browser.page.forms[0].fields[0].values == ["a"]
    browser.submit(n="b")
    browser.submit(n="v")
    assert browser.submit(n="w").text == "{'First': 'b', 'Nest': {'One': 'v', 'Two': 'w'}}"


def test_a_way_of_a_wizard_that_is_over(browser, caplog):
    browser.open("/over")
    browser.submit(n="a")
    assert browser.click("back").status == 500
    assert "outside of it" in caplog.text


def test_a_login_in_the_middle(browser, app):
    browser.open("/account")
    browser.submit(n="x")
    assert "Please log in" in browser.page
    login = browser.page.url
    browser.submit(name="Ada", password="wrong")
    assert "Name or password is wrong." in browser.page
    assert browser.page.forms[0].fields[0].values == ["Ada"]
    assert "wrong'" not in browser.page.markup
    assert browser.submit(password="sesame").text == "Ada x"
    assert browser.submit(n="y").text == "Ada xy"
    other = browser.new_tab("/account")
    assert other.submit(n="z").text == "Ada z"
    browser.open("/logout")
    browser.open(login)
    assert browser.submit(name="Eve", password="sesame").text == "Eve x"
    stored = [
        page.frames or b""
        for talk in app.backing.store.conversations()
        for page in app.backing.store.pages(talk.name)
    ]
    assert not any(b"sesame" in frames for frames in stored)


def test_answered_by_mail_in_another_browser(browser, app):
    browser.open("/join")
    assert browser.submit(n="Kim").text == "Look"
    (url,) = mails
    assert url.startswith("http://localhost/join/page~")
    assert url.rpartition("/")[2] not in browser.page.markup + browser.page.url
    other = app.test_client()
    other.open(url)
    assert other.click("I do").text == "Welcome, Kim."
    browser.back()
    assert browser.submit(n="Kim").text == "Look"
    assert len(mails) == 1


def test_a_mail_that_cannot_be_sent_leaves_the_page_answerable(browser, app):
    mails.append("down")
    url = browser.open("/join").url
    assert browser.submit(n="Kim").status == 500
    mails.clear()
    browser.open(url)
    assert browser.submit(n="Kim").text == "Look"
    assert app.test_client().open(mails[0]).status == 200


def test_a_mail_leads_to_trusted_hosts_only(make_app):
    mails.clear()
    app = make_app(trusted_hosts=["localhost"])
    app.include(dialogs)
    browser = app.test_client()
    url = browser.open("/join").url
    forged = browser.request("POST", url, data={"n": "Kim"}, headers={"Host": "evil.example"})
    assert forged.status == 400
    assert not mails
    assert browser.open(url).status == 200


@pytest.mark.parametrize("size", [0, -1])
def test_pages_of_a_list_that_hold_nothing(size):
    app = App("tests.web", store="memory:", debug=True)
    app.flow("/list", endpoint="list")(lambda: paginate("list.html", ["a"], size=size))
    assert f"paginate(size={size}): at least one item" in app.test_client().open("/list")
