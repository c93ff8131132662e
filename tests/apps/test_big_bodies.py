"""A hundred megabytes for a limit of one: refused before they have come, and without room for them."""

import select
import socket
from pathlib import Path

import pytest

from tests.servers import Visitor

pytestmark = pytest.mark.servers

WHOLE = 100_000_000
PIECE = b"n=" + b"x" * 65_534
ROOM = 8_000_000  # bytes that a worker may grow by; its limit for a body is one million
BUFFERS = 32_000_000  # bytes that the two sockets may swallow though nobody reads them

KINDS = {
    "a form": {"Content-Type": "application/x-www-form-urlencoded"},
    "a file": {"Content-Type": "multipart/form-data; boundary=b"},
}
START = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'


def peak(worker):
    """Bytes of memory that a process had at most."""
    for line in Path(f"/proc/{worker}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def send(port, url, headers, chunked):
    """Post until the server says something; gives what it says, and how much was sent."""
    length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": WHOLE}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **length}.items())
    pieces = [START] if "boundary" in headers["Content-Type"] else []
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"POST {url} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
        try:
            while sent < WHOLE:
                readable, _, _ = select.select([connection], [], [], 0)
                if readable:
                    break
                piece = pieces.pop() if pieces else PIECE
                connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                sent += len(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = b""
        try:
            while b"\r\n\r\n" not in answer and (more := connection.recv(65536)):
                answer += more
        except ConnectionResetError:
            pass
    return answer, sent


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_cut_off(gunicorn, tmp_path, kind, chunked):
    server = gunicorn("tests.apps.pressed:app", 1, PRESSED_FOLDER=str(tmp_path))
    visitor = Visitor(server)
    page = visitor.open("/photo" if kind == "a file" else "/pay")
    (worker,) = server.worker_ids()
    before = peak(worker)
    for _ in range(3):
        answer, sent = send(server.port, page.url, KINDS[kind], chunked)
        assert answer.startswith(b"HTTP/1.1 413 "), (answer[:200], sent)
        assert sent < BUFFERS
    assert server.worker_ids() == [worker]
    assert peak(worker) - before < ROOM
    assert visitor.open(page.url).text == page.text
