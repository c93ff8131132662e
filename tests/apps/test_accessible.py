"""Every page of the example apps can be used with a keyboard, a screen reader, or both."""

from html.parser import HTMLParser

import pytest

from wsgi import app

# What is typed into the apps; after each answer the page is looked at, errors included.
WALKS = {
    "/": [],
    "/add": [{"number": "x"}, {"number": "1"}, {"number": "2"}],
    "/tickets": [
        {"name": "", "email": ""},
        {"name": "Kim", "email": "kim@example.org"},
        {"kind": "student"},
        {"number": "1"},
        {"number": "123456"},
        {},
    ],
    "/order": [{"name": ""}, {"name": "Kim"}, {"address": "Here"}, {"quantity": "x"}, {"quantity": "1"}, {}],
    "/guess": [{"number": "x"}, {"number": "1"}],
    "/booking": [
        {"destination": "Athens"},
        {"destination": "Oslo"},
        {},
        {"flight": "CW 103"},
        {"name": "", "email": ""},
        {"name": "Kim", "email": "kim@example.org"},
        {"card": "1"},
        {"card": "4000 0000 0000 0002"},
    ],
}


class Outline(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, markup):
        super().__init__()
        self.tags = []
        self.open_labels = 0
        self.labelled_around = []
        self.feed(markup)
        self.close()
        assert self.open_labels == 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append((tag, given))
        self.open_labels += tag == "label"
        if self.open_labels and tag in ("input", "select", "textarea"):
            self.labelled_around.append(given)

    def handle_endtag(self, tag):
        self.open_labels -= tag == "label"

    def all(self, *names):
        return [given for tag, given in self.tags if tag in names]


def look_at(page):
    outline = Outline(page.markup)
    ids = [given["id"] for _, given in outline.tags if "id" in given]
    assert len(ids) == len(set(ids)), "ids are unique"
    assert outline.all("html")[0]["lang"]
    assert page.title
    assert len(outline.all("h1")) == 1
    assert len(outline.all("main")) == 1
    assert not outline.all("script")
    assert all("alt" in image for image in outline.all("img"))
    assert not any("style" in given for _, given in outline.tags), (
        "a strict policy for content allows no inline style"
    )
    labels = {label.get("for") for label in outline.all("label")}
    for control in outline.all("input", "select", "textarea"):
        assert control in outline.labelled_around or control.get("id") in labels, control
    for _, given in outline.tags:
        for name in ("aria-describedby", "aria-labelledby"):
            for reference in given.get(name, "").split():
                assert reference in ids, f"{name}={reference}"
    errors = [given for _, given in outline.tags if given.get("class") == "error"]
    for error in errors:
        assert any(error["id"] in given.get("aria-describedby", "") for _, given in outline.tags), error
    assert page.title.startswith("Error: ") == bool(errors)
    return bool(errors)


@pytest.mark.parametrize("path", WALKS)
def test_every_page(path):
    browser = app.test_client()
    browser.open(path)
    errors = look_at(browser.page)
    for typed in WALKS[path]:
        browser.submit(typed)
        assert browser.page.status == 200
        errors += look_at(browser.page)
    assert errors == {"/": 0, "/add": 1, "/tickets": 2, "/order": 2, "/guess": 1, "/booking": 4}[path]
