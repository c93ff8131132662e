"""Real servers for tests: gunicorn on a free loopback port, and a visitor that speaks plain HTTP.

Each server runs in a process group of its own; it is stopped and killed by that group's id, never by a name.
"""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from contweb.web.reading import read

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds that a server may take to do what it was told


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what: str, done, patience: float = PATIENCE):
    """What ``done()`` gives, as soon as it gives something."""
    end = time.monotonic() + patience
    while not (result := done()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {patience:g} seconds")
        time.sleep(0.02)
    return result


class Gunicorn:
    """One gunicorn with its workers, on a port and a store that stay the same when it is started again."""

    def __init__(self, folder: Path, app: str = "wsgi:app", workers: int = 3, **environment: str) -> None:
        self.app = app
        self.workers = workers
        self.port = free_port()
        self.log = folder / "gunicorn.log"
        self.settings = folder / "gunicorn.conf.py"
        self.settings.write_text(
            f"bind = '127.0.0.1:{self.port}'\nworkers = {workers}\ngraceful_timeout = 5\n"
            "control_socket_disable = True  # several servers would share its one default path\n"
        )
        self.environment = {
            **os.environ,
            "CONTWEB_STORE": f"sqlite:///{(folder / 'store.sqlite3').absolute()}",
            "CONTWEB_SECRET_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Gunicorn:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", self.app, "--config", str(self.settings)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            wait_until("gunicorn answers", self._answers)
        except TimeoutError:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """``kill -9`` of every process of it."""
        self._end(signal.SIGKILL)

    def reload(self) -> None:
        """SIGHUP, as in a deploy: returns when all workers are new ones and answer."""
        old = set(self.worker_ids())
        os.kill(self.process.pid, signal.SIGHUP)

        def renewed():
            now = set(self.worker_ids())
            return len(now) == self.workers and not (now & old)

        wait_until("all workers are new", renewed)
        wait_until("gunicorn answers", self._answers)

    def worker_ids(self) -> list[int]:
        """The process ids of the workers that are there now."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        group = self.process.pid
        if self.process.poll() is None:
            if how is signal.SIGKILL:
                os.killpg(group, how)
            else:
                os.kill(group, how)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(group, signal.SIGKILL)
                self.process.wait(PATIENCE)
        try:  # what the master left behind, if it died before its workers
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process = None

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(
                f"gunicorn ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}"
            )
        try:
            return len(self.worker_ids()) == self.workers and request(self.port, "GET", "/").status < 500
        except OSError:
            return False


class Response:
    """What came back for one request."""

    def __init__(self, url: str, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.url = url  # path and query
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<{self.status} {self.url}: {self.words[:200]}>"

    @property
    def location(self) -> str:
        """Where a redirect leads: path and query."""
        parts = urlsplit(urljoin(self.url, self.headers["Location"]))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def words(self) -> str:
        """The text that a person reads, in one line."""
        return " ".join(read(self.text).text.split())

    @property
    def forms(self) -> list[dict[str, str]]:
        """The fields of each form, with what stands in them."""
        return [
            {each.name: each.values[0] for each in form.fields if each.values}
            for form in read(self.text).forms
        ]


def request(
    port: int,
    method: str,
    url: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """One request on a connection of its own, redirects not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        try:
            connection.request(method, url, body, headers or {})
        except BrokenPipeError:
            pass  # the server has heard enough; its response is there to be read
        response = connection.getresponse()
        return Response(url, response.status, response.headers, response.read())
    finally:
        connection.close()


class Visitor:
    """Walks pages as a person without JavaScript: opens, fills in, follows redirects.

    Has no memory of its own, so any earlier page can be answered again at any time.
    """

    def __init__(self, server: Gunicorn) -> None:
        self.port = server.port

    def open(self, url: str) -> Response:
        response = request(self.port, "GET", url)
        for _ in range(10):
            if response.status not in (301, 302, 303, 307, 308):
                return response
            response = request(self.port, "GET", response.location)
        raise AssertionError(f"{url} redirects without end")

    def post(self, page: Response | str, **fields: str) -> Response:
        """Post the page's first form as it stands, but for these fields. The redirect is not followed."""
        url = page if isinstance(page, str) else page.url
        filled = {} if isinstance(page, str) or not page.forms else page.forms[0]
        body = urlencode({**filled, **fields}).encode()
        return request(self.port, "POST", url, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def submit(self, page: Response, **fields: str) -> Response:
        """Post, and follow to the next page."""
        answered = self.post(page, **fields)
        assert answered.status == 303, answered
        return self.open(answered.location)
