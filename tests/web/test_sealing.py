"""The seal of what a store holds: bound to app, page and kind; encrypted on request."""

import pytest

from contweb.sealing import new_key
from contweb.stores.memory import MemoryStore
from tests.web.sealing_flows import flows

SECRET = "a very private text"


@pytest.fixture
def keys():
    return new_key()


@pytest.fixture
def store(clock):
    return MemoryStore(clock)


def everything(store):
    """All bytes of a store."""
    found = [*store._settings.values()]
    for talk in store.conversations():
        found += [part for page in store.pages(talk.name) for part in (page.shown, page.frames or b"")]
        found += store.records(talk.name).values()
        found += [data for blob in store._talks[talk.name].blobs.values() for data in blob.values()]
    return b"\0".join(found)


def walked(app, visit="/keeps"):
    browser = app.test_client()
    browser.open(visit)
    browser.submit(n=SECRET)
    return browser


@pytest.fixture
def site(make_app, store, keys):
    """Makes an app on the one store."""

    def make(**settings):
        app = make_app(store=store, secret_keys=keys, **settings)
        app.include(flows)
        return app

    return make


def test_signed_it_can_be_read(site, store):
    walked(site())
    assert SECRET.encode() in everything(store)


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_encrypted_it_cannot(site, store, monkeypatch, by):
    if by == "environment":
        monkeypatch.setenv("CONTWEB_ENCRYPT", "1")
    browser = walked(site(**({"encrypt": True} if by == "argument" else {})))
    assert browser.page.text == f"once: {SECRET}"
    assert browser.submit(n="2").text == f"{SECRET}, 2, shared: {SECRET}"
    assert SECRET.encode() not in everything(store)


def test_the_argument_counts_more_than_the_environment(site, store, monkeypatch):
    monkeypatch.setenv("CONTWEB_ENCRYPT", "1")
    walked(site(encrypt=False))
    assert SECRET.encode() in everything(store)


def test_encryption_can_be_turned_on_and_off(site):
    for before, after in ((False, True), (True, False)):
        url = walked(site(encrypt=before)).page.url
        browser = site(encrypt=after).test_client()
        browser.open(url)
        assert browser.submit(n="2").text == f"{SECRET}, 2, shared: {SECRET}"


def test_uploads_are_encrypted_too(site, store):
    app = site(encrypt=True)
    browser = app.test_client()
    browser.open("/keeps-file")
    body = SECRET.encode() * 10
    browser.request("POST", browser.page.url, data={"f": (body, "a.txt")})
    assert store.count().bytes > len(body)
    assert SECRET.encode() not in everything(store)


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_record_is_bound_to_its_app(site, encrypt):
    url = walked(site(name="one", encrypt=encrypt)).page.url
    assert site(name="one").test_client().request("GET", url).status == 200
    other = site(name="other").test_client()
    assert other.request("GET", url).status == 404
    assert other.request("POST", url, data={"n": "1"}).status == 404


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_record_is_bound_to_its_kind(site, store, encrypt):
    browser = walked(site(encrypt=encrypt))
    url = browser.page.url
    token = url.rpartition("~")[2]
    page = store.load(token)
    moved = [page._replace(**{name: "/other"}) for name in ("step", "conversation", "path")]
    for changed in [page._replace(shown=page.frames), *moved]:
        store._pages[token] = changed
        assert browser.request("GET", url).status == 404
    for changed in [page._replace(frames=page.shown), *moved]:
        store._pages[token] = changed
        assert browser.request("POST", url, data={"n": "1"}).status == 404
    store._pages[token] = page
    assert browser.request("POST", url, data={"n": "1"}).status == 303


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_record_is_bound_to_its_token(site, store, encrypt):
    app = site(encrypt=encrypt)
    one, other = walked(app), walked(app)
    first, second = (browser.page.url.rpartition("~")[2] for browser in (one, other))
    stolen = store.load(second)
    store._pages[first] = stolen._replace(token=first)
    assert one.request("GET", one.page.url).status == 404
    assert one.request("POST", one.page.url, data={"n": "1"}).status == 404
