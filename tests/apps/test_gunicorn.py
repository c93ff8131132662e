"""The example apps behind gunicorn: what a visitor may do, and what may happen to the server."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.servers import Visitor, request, wait_until

pytestmark = pytest.mark.servers

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def visitor(server):
    return Visitor(server)


def number_of(words):
    """The sum on the last page of ``/add``."""
    return words.split("=")[1].split()[0]


def at_the_flights(visitor, origin="Athens", destination="Oslo"):
    return visitor.submit(visitor.open("/booking"), origin=origin, destination=destination)


def booked(visitor, page, flight, name="Kim"):
    page = visitor.submit(page, flight=flight)
    page = visitor.submit(page, name=name, email="kim@example.org")
    return visitor.submit(page, card="4000 0000 0000 0002")


def flights_of(page):
    return [part.split('"')[0] for part in page.text.split('name="flight" value="')[1:]]


# walks


def test_home_lists_the_apps(visitor):
    home = visitor.open("/")
    assert home.status == 200
    for name in ("add", "tickets", "order", "guess", "booking"):
        assert f'href="/{name}"' in home.text
    assert "@app.flow" in home.words


def test_styles_are_served(visitor):
    sheet = visitor.open("/static/style.css")
    assert sheet.status == 200
    assert sheet.headers.get_content_type() == "text/css"


def test_add(visitor):
    second = visitor.submit(visitor.open("/add"), number="1")
    total = visitor.submit(second, number="41")
    assert number_of(total.words) == "42"
    assert visitor.open(total.url).text == total.text


def test_order_shows_everything_that_was_typed(visitor):
    page = visitor.open("/order")
    assert page.url.startswith("/order/name~")
    page = visitor.submit(page, name="Zoë <b>&amp;")
    page = visitor.submit(page, address="1 Main St\r\nTown")
    page = visitor.submit(page, quantity="7")
    assert "Zoë <b>&amp; Address 1 Main St Town Quantity 7" in page.words
    page = visitor.submit(page, confirm="yes")
    assert "Zoë <b>&amp; Address 1 Main St Town Quantity 7" in page.words


def test_order_asks_again_with_an_error_and_what_was_typed(visitor):
    page = visitor.submit(visitor.submit(visitor.open("/order"), name="Kim"), address="Here")
    again = visitor.submit(page, quantity="many")
    assert "whole number" in again.words
    assert again.forms == [{"quantity": "many"}]
    assert "quantity-error" in again.text.split("aria-describedby=")[1].split(">")[0]
    assert "Is this right?" in visitor.submit(again, quantity="2").words


def test_guess_until_found(visitor):
    page = visitor.open("/guess")
    low, high = 1, 100
    for tries in range(1, 8):
        middle = (low + high) // 2
        page = visitor.submit(page, number=str(middle))
        if "Yes, it is" in page.words:
            assert f"{tries} tr" in page.words
            return
        if "higher than" in page.words:
            low = middle + 1
        else:
            high = middle - 1
    raise AssertionError("not found in seven tries")


def test_booking(visitor):
    page = at_the_flights(visitor)
    flight = flights_of(page)[1]
    ticket = booked(visitor, page, flight)
    assert flight in ticket.words
    assert "kim@example.org" in ticket.words


# the buttons of the browser


def test_back_and_another_answer(visitor):
    second = visitor.submit(visitor.open("/add"), number="10")
    sums = {number: visitor.submit(second, number=str(number)) for number in (1, -7, 5, 1)}
    assert {number: number_of(page.words) for number, page in sums.items()} == {1: "11", -7: "3", 5: "15"}
    assert number_of(visitor.open(sums[-7].url).words) == "3"


def test_back_finds_a_growing_list_as_it_was(visitor):
    first = visitor.open("/guess")
    one = visitor.submit(first, number="1")
    two = visitor.submit(one, number="2")
    if "Yes" in one.words or "Yes" in two.words:
        pytest.skip("guessed by chance")
    other = visitor.submit(one, number="3")
    assert "1 2" not in other.words
    if "Yes" not in other.words:
        assert "Try 3" in other.words


def test_two_tabs_book_what_they_show(visitor):
    page = at_the_flights(visitor)
    early, late = flights_of(page)[0], flights_of(page)[2]
    one = visitor.submit(page, flight=early)
    two = visitor.submit(page, flight=late)
    one = visitor.submit(one, name="One", email="one@example.org")
    two = visitor.submit(two, name="Two", email="two@example.org")
    two = visitor.submit(two, card="4000000000000002")
    one = visitor.submit(one, card="4000000000000002")
    assert early in one.words and late not in one.words and "One" in one.words
    assert late in two.words and early not in two.words and "Two" in two.words


def test_eight_submits_at_once_are_one(visitor):
    page = visitor.submit(at_the_flights(visitor), flight=flights_of(at_the_flights(visitor))[0])
    page = visitor.submit(page, name="Kim", email="kim@example.org")
    together = threading.Barrier(8)

    def press(_):
        together.wait()
        return visitor.post(page, card="4000000000000002")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(press, range(8)))
    assert [answer.status for answer in answers] == [303] * 8
    assert len({answer.location for answer in answers}) == 1
    assert "Reference" in visitor.open(answers[0].location).words


def test_get_and_head_run_nothing(visitor):
    page = visitor.submit(visitor.open("/add"), number="1")
    for _ in range(3):
        assert visitor.open(page.url).text == page.text
    head = request(visitor.port, "HEAD", page.url)
    assert head.status == 200 and head.body == b""
    assert number_of(visitor.submit(page, number="2").words) == "3"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(visitor, method):
    page = visitor.open("/add")
    assert request(visitor.port, method, page.url).status == 405
    assert request(visitor.port, method, "/add").status == 405


# what may happen to the server


def test_kill_everything_between_two_requests(server, visitor):
    page = visitor.submit(visitor.submit(visitor.open("/order"), name="Kim"), address="Here")
    server.kill()
    with pytest.raises(OSError):
        visitor.open(page.url)
    server.start()
    assert visitor.open(page.url).text == page.text
    page = visitor.submit(visitor.submit(page, quantity="3"), confirm="yes")
    assert "Kim Address Here Quantity 3" in page.words


def test_kill_everything_between_all_requests(server, visitor):
    page = visitor.open("/order")
    for fields in ({"name": "Kim"}, {"address": "Here"}, {"quantity": "3"}, {"confirm": "yes"}):
        server.kill()
        server.start()
        page = visitor.submit(page, **fields)
    server.kill()
    server.start()
    assert "Kim Address Here Quantity 3" in visitor.open(page.url).words


def test_reload_of_the_workers(server, visitor):
    page = visitor.submit(visitor.open("/add"), number="20")
    server.reload()
    assert number_of(visitor.submit(page, number="2").words) == "22"


def test_a_worker_killed_in_the_middle_of_a_step(gunicorn, tmp_path):
    server = gunicorn("tests.apps.slow:app", SLOW_FOLDER=str(tmp_path))
    visitor = Visitor(server)
    page = visitor.open("/slow")
    (tmp_path / "hold").touch()

    def lost():
        with pytest.raises(OSError):
            visitor.post(page, name="Kim")

    with ThreadPoolExecutor(1) as threads:
        pressing = threads.submit(lost)
        worker = wait_until("the step runs", lambda: entered(tmp_path))[0]
        assert worker in server.worker_ids()
        os.kill(worker, signal.SIGKILL)
        pressing.result()
    (tmp_path / "hold").unlink()
    assert visitor.open(page.url).text == page.text
    begun = time.monotonic()
    assert "done for Kim" in visitor.submit(page, name="Kim").words
    assert time.monotonic() - begun < 5, "the dead worker's claim should end at once on the same machine"
    assert len(entered(tmp_path)) == 2


def entered(folder):
    """The ids of the processes that ran the slow step."""
    file = folder / "entered"
    lines = file.read_text().splitlines() if file.exists() else []
    return [int(line.split()[0]) for line in lines if " " in line]


# bad input: a clear 4xx page, and the page that was asked from stays answerable

MEGABYTE = b"x" * 1_000_000
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="number"\r\n\r\n'

BAD_FORMS = {
    "nothing": (b"", FORM),
    "another field": (b"nummer=1", FORM),
    "not UTF-8": (b"number=%ff%fe", FORM),
    "not UTF-8, raw": (b"number=\xff\xfe", FORM),
    "a surrogate": (b"number=%ed%a0%80", FORM),
    "NUL": (b"number=1%00", FORM),
    "NUL in a name": (b"number%00=1&number=1", FORM),
    "a field of 1 MB": (b"number=" + MEGABYTE, FORM),
    "a name of 1 MB": (MEGABYTE + b"=1&number=1", FORM),
    "10,000 fields": (b"&".join(b"f%d=1" % n for n in range(10_000)) + b"&number=1", FORM),
    "another charset": (b"number=1", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}),
    "no form": (b'{"number": 1}', {"Content-Type": "application/json"}),
    "multipart without boundary": (b"number=1", {"Content-Type": "multipart/form-data"}),
    "multipart cut short": (PART + b"1", BOUNDARY),
    "multipart not UTF-8": (PART + b"\xff\r\n--b--\r\n", BOUNDARY),
    "multipart with 1 MB": (PART + MEGABYTE + b"\r\n--b--\r\n", BOUNDARY),
    "multipart with 10,000 parts": ((PART + b"1\r\n") * 10_000 + b"--b--\r\n", BOUNDARY),
    "17 MB": (b"number=" + b"x" * 17_000_000, FORM),
}


def assert_clear(response):
    """A page that says what is wrong to a person, and shows nothing of the inside."""
    assert 400 <= response.status < 500, response
    assert response.headers.get_content_type() == "text/html"
    assert len(response.words) > 20, response
    for inside in ("Traceback", ".py", "/home", "/work", "site-packages", "contweb."):
        assert inside not in response.text, response.text


@pytest.mark.parametrize("case", BAD_FORMS)
def test_a_bad_form_is_refused_and_the_page_stays(visitor, case):
    page = visitor.submit(visitor.open("/add"), number="1")
    body, headers = BAD_FORMS[case]
    assert_clear(request(visitor.port, "POST", page.url, body, headers))
    assert visitor.open(page.url).text == page.text
    assert number_of(visitor.submit(page, number="2").words) == "3"


def test_duplicate_names_do_no_harm(visitor):
    page = visitor.submit(visitor.open("/add"), number="1")
    answered = request(visitor.port, "POST", page.url, b"number=2&number=3", FORM)
    assert answered.status < 500
    if answered.status == 303:
        assert number_of(visitor.open(answered.location).words) == "3"
    assert number_of(visitor.submit(page, number="2").words) == "3"


def hostile(url):
    """URLs like this one, but no page's."""
    path, _, token = url.rpartition("~")
    other = "A" if token[5] != "A" else "B"
    return {
        "cut": f"{path}~{token[:-1]}",
        "longer": f"{path}~{token}A",
        "one letter changed": f"{path}~{token[:5]}{other}{token[6:]}",
        "one bit changed": f"{path}~{token[:-1]}{quote(chr(ord(token[-1]) ^ 1))}",
        "case changed": f"{path}~{token.swapcase()}",
        "empty": f"{path}~",
        "upwards": f"{path}~../../../etc/passwd",
        "upwards, encoded": f"{path}~..%2f..%2f..%2fetc%2fpasswd",
        "4 kB": f"{path}~{token * 500}"[:3900],
        "NUL": f"{path}~{token}%00",
        "not UTF-8": f"{path}~%ff%fe{token[2:]}",
        "a quote": f"{path}~'%20or%20'1'='1",
        "under another flow": f"/order/name~{token}",
        "under another step": f"/add/third~{token}",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", hostile("/add/second~AAAAAAAAAA"))
def test_a_hostile_token_is_refused(visitor, case, method):
    page = visitor.submit(visitor.open("/add"), number="1")
    url = hostile(page.url)[case]
    body = b"number=1" if method == "POST" else None
    response = request(visitor.port, method, url, body, FORM)
    assert_clear(response)
    assert response.status in (404, 410), response
    assert number_of(visitor.submit(page, number="2").words) == "3"


def test_a_url_of_10_kB_is_refused(visitor):
    assert 400 <= request(visitor.port, "GET", "/add/second~" + "A" * 10_000).status < 500
