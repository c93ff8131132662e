"""The browser for tests."""

import pytest

from contweb import App, request
from contweb.web.testing import BrowserError

FORMS = """
<title> A  page </title>
<p>Some <b>text</b></p><p>more<br>lines</p><script>hidden()</script>
<a href="/?x=1">Next page</a> <a href="next">Next</a> <a href="https://elsewhere.example/">Away</a>
<form method="post" id="main" action="/echo?q=1">
  <input type="hidden" name="csrf" value="&lt;7&gt;"><input name="name" value="Ada">
  <input type="checkbox" name="terms"><input type="checkbox" name="days" value="mo" checked>
  <input type="checkbox" name="days" value="tu"><input type="radio" name="size" value="s" checked>
  <input type="radio" name="size" value="l">
  <select name="city"><option>Oslo</option><option value="L" selected>Lisbon</option></select>
  <select name="many" multiple><option>1<option selected>2<option selected>3</select>
  <textarea name="note">
two
lines</textarea>
  <input name="off" value="x" disabled><input type="file" name="photo">
  <button name="do" value="save">Save <i>it</i></button><button name="do" value="drop">Drop</button>
  <input type="submit" value="Third">
</form>
<form action="/echo"><input name="q"><button>Search</button></form>
"""

UPLOAD = """<form method=post action=/echo enctype=multipart/form-data>
<input name=a><input type=file name=photo></form>"""

APART = """<button form="later" name="do" value="before">Before</button>
<form id="first" method="post" action="/echo"><input name="a" value="1">
<input form="later" name="b" value="2">
<fieldset disabled><input name="off" value="3"><fieldset><input name="off" value="4"></fieldset></fieldset>
<input name="on" value="5"><button>Send</button>
<button formaction="/echo?x=1" name="do" value="else">Elsewhere</button>
<button formaction="/echo" formmethod="get">Look</button></form>
<form id="later" method="post" action="/echo"><input name="c" value="6"></form>
<input form="first" name="d" value="7"><input form="nowhere" name="e" value="8">"""


@pytest.fixture
def browser():
    app = App(__name__, store="memory:", debug=True)

    @app.route("/")
    def forms():
        return FORMS

    @app.route("/next")
    def next_page():
        return "next"

    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
        files = [(name, file.filename, file.read()) for name, file in request.files.items(multi=True)]
        return "|".join("=".join(map(str, pair)) for pair in [*pairs, *files])

    @app.route("/apart")
    def apart():
        return APART

    @app.route("/upload")
    def upload():
        return UPLOAD

    browser = app.test_client()
    browser.open("/")
    return browser


def sent(page):
    pairs = [pair.partition("=")[::2] for pair in page.markup.split("|")]
    found = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


AS_IT_STANDS = {
    "q": ["1"],
    "csrf": ["<7>"],
    "name": ["Ada"],
    "days": ["mo"],
    "size": ["s"],
    "city": ["L"],
    "many": ["2", "3"],
    "note": ["two\nlines"],
    "do": ["save"],
}


def test_reading(browser):
    page = browser.page
    assert page.title == "A page"
    assert page.text.startswith("Some text\nmore\nlines\nNext page Next Away\n")
    assert "hidden" not in page.text
    assert [link.text for link in page.links] == ["Next page", "Next", "Away"]
    assert [button.text for button in page.forms[0].buttons] == ["Save it", "Drop", "Third"]


def test_a_form_sent_as_it_stands(browser):
    assert sent(browser.submit()) == AS_IT_STANDS


def test_a_form_filled_in(browser):
    page = browser.submit(
        {"csrf": "other"},
        name="Eve",
        terms=True,
        days=["mo", "tu"],
        size="l",
        city="Oslo",
        many=["1"],
        note=None,
    )
    expected = AS_IT_STANDS | {
        "csrf": ["other"],
        "name": ["Eve"],
        "terms": ["on"],
        "days": ["mo", "tu"],
        "size": ["l"],
        "city": ["Oslo"],
        "many": ["1"],
    }
    del expected["note"]
    assert sent(page) == expected


def test_unchecked(browser):
    page = browser.submit(days=False)
    assert "days" not in sent(page)


def test_buttons(browser):
    assert sent(browser.submit(button="Drop"))["do"] == ["drop"]
    browser.back()
    assert sent(browser.click("Drop"))["do"] == ["drop"]
    browser.back()
    assert "do" not in sent(browser.click("Third"))


def test_a_form_by_get(browser):
    page = browser.submit(form=1, q="a b&c")
    assert page.url == "/echo?q=a+b%26c"
    assert page.text == "q=a b&c"


def test_a_file(browser):
    assert sent(browser.submit(photo=("p.png", b"123")))["photo"] == ["p.png"]
    browser.open("/upload")
    page = browser.submit(photo=("p.png", b"123"), a="x")
    assert page.text == "a=x|photo=p.png=b'123'"


def test_history(browser):
    browser.click("Next page")
    browser.open("/next")
    assert browser.back().url == "/?x=1"
    assert browser.back().url == "/"
    assert browser.forward().url == "/?x=1"
    browser.click("Next")
    with pytest.raises(BrowserError, match="forward"):
        browser.forward()
    assert browser.reload().text == "next"


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda b: b.submit(nmae="x"), r"no field 'nmae', only \["),
        (lambda b: b.submit(form="none"), "no form 'none', but 2 forms"),
        (lambda b: b.submit(button="none"), r"no button 'none', only \['Save it'"),
        (lambda b: b.click("none"), "nothing to click says 'none'; there are"),
        (lambda b: b.click("e"), "things to click say 'e'"),
        (lambda b: b.click("Away"), "another site"),
        (lambda b: b.back(), "no page to go back to"),
        (lambda b: App(__name__).test_client().page, "no page is open"),
    ],
)
def test_readable_failures(browser, act, message):
    with pytest.raises(BrowserError, match=message):
        act(browser)


def test_back_asks_again_for_what_may_not_be_kept(app):
    browser = app.test_client()
    browser.open("/add")
    browser.submit(n="5")
    url = browser.back().url
    app.backing.store.forget(next(app.backing.store.conversations()).name)
    assert browser.forward().status == 410
    assert browser.back().status == 410
    assert browser.page.url == url


def test_choices_are_texts_or_numbers(browser):
    form = '<form method="post" action="/echo"><input type="radio" name="n" value="1">'
    form += '<input type="radio" name="n" value="2" checked></form>'
    browser._app.route("/numbers")(lambda: form)
    browser.open("/numbers")
    assert sent(browser.submit(n=1))["n"] == ["1"]


@pytest.mark.parametrize(
    ("name", "value", "there"),
    [("size", "xl", ["s", "l"]), ("days", ["mo", "we"], ["mo", "tu"]), ("city", "Paris", ["Oslo", "L"])],
)
def test_what_cannot_be_chosen(browser, name, value, there):
    with pytest.raises(BrowserError, match=f"the field '{name}' has no choice '[^']*', only ") as raised:
        browser.submit({name: value})
    assert str(there) in str(raised.value)


def test_controls_that_stand_apart_from_their_form(browser):
    browser.open("/apart")
    assert sent(browser.click("Send")) == {"a": ["1"], "on": ["5"], "d": ["7"]}
    browser.back()
    assert sent(browser.click("Before")) == {"do": ["before"], "b": ["2"], "c": ["6"]}


def test_buttons_that_lead_elsewhere(browser):
    browser.open("/apart")
    page = browser.click("Elsewhere")
    assert sent(page) == {"x": ["1"], "a": ["1"], "on": ["5"], "do": ["else"], "d": ["7"]}
    browser.back()
    page = browser.submit(button="Look", form="first", a="b")
    assert (page.visit.method, page.url) == ("GET", "/echo?a=b&on=5&d=7")
