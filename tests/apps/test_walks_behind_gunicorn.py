"""The random walks of ``tests/web/test_walks.py`` once more, over HTTP, behind three workers on one store."""

import http.client
import os

import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, invariant

from contweb.web.testing import Browser
from tests.servers import Gunicorn
from tests.web import test_walks as walks

pytestmark = pytest.mark.servers

SHORT = settings(walks.SHORT, max_examples=12, stateful_step_count=20)
LONG = settings(
    walks.SHORT, max_examples=int(os.environ.get("CONTWEB_SERVED_WALKS", "300")), stateful_step_count=40
)


class Far:
    """An app elsewhere, for the test browser: each request goes on to a port."""

    def __init__(self, port):
        self.port = port

    def test_client(self):
        return Browser(self)

    def close(self):
        pass

    def __call__(self, environ, start_response):
        headers = {
            name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body or None, headers)
            response = connection.getresponse()
            came = response.read()
        finally:
            connection.close()
        start_response(f"{response.status} {response.reason}", response.getheaders())
        return [came]


class Lines:
    """How many lines the workers have written to a file since this was made."""

    def __init__(self, file):
        self.file = file
        self.begun = self.all()

    def all(self):
        return len(self.file.read_bytes().splitlines()) if self.file.exists() else 0

    def __len__(self):
        return self.all() - self.begun


class WalkBehindGunicorn(walks.Walk):
    """The same walk and the same model; the app and its effects are elsewhere."""

    server = None

    @initialize()
    def begin(self):
        self.app = Far(self.server.port)
        self.nodes, self.outcomes, self.tabs = {}, {}, []
        self.ran, self.made_outside = (Lines(self.server.folder / name) for name in ("ran", "made"))
        self.effects = self.steps = 0
        self.start()

    def teardown(self):
        pass

    @invariant()
    def nothing_ran_twice(self):
        if hasattr(self, "steps"):
            assert len(self.ran) == self.steps
            assert len(self.made_outside) == self.effects


class LongWalkBehindGunicorn(WalkBehindGunicorn):
    pass


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walks")
    WalkBehindGunicorn.server = Gunicorn(folder, "tests.apps.walking:app", WALKS_FOLDER=str(folder)).start()
    WalkBehindGunicorn.server.folder = folder
    yield
    WalkBehindGunicorn.server.kill()


TestWalks = walks._case(WalkBehindGunicorn, SHORT)
TestLongWalks = pytest.mark.soak(walks._case(LongWalkBehindGunicorn, LONG))
