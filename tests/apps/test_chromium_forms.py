"""A real browser: a button pressed twice, a file that is shown at a later step, forms that a script sends."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.apps.test_chromium import Person
from tests.servers import Gunicorn, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pressed")
    running = Gunicorn(folder, "tests.apps.pressed:app", PRESSED_FOLDER=str(folder)).start()
    running.noted = folder / "pressed"
    yield running
    running.stop()


@pytest.fixture
def person(chromium, server):
    return Person(chromium, server)


def wait_for(person, heading):
    WebDriverWait(person.driver, 30, poll_frequency=0.02, ignored_exceptions=()).until(
        lambda driver: (
            driver.execute_script(
                "return document.readyState == 'complete' && document.querySelector('h1')?.textContent"
            )
            == heading
        )
    )


def test_double_click(person, server):
    person.open("/pay")
    person.type(name="Kim")
    button = person.driver.find_element(By.TAG_NAME, "button")
    person.leave(ActionChains(person.driver).double_click(button).perform)
    wait_for(person, "Paid by Kim")
    lines = server.noted.read_text().splitlines()
    assert lines.count("step Kim") == lines.count("paid Kim") == 1
    receipt = person.words
    person.reload()
    assert person.words == receipt
    person.back()
    assert person.heading == "Who pays?"
    person.type(name="Kim")
    person.press("Send")
    assert person.words == receipt


def test_sent_twice_by_one_page(person, server):
    """Two requests, for sure: of a double click the browser may drop the first."""
    person.open("/pay")
    urls = person.driver.execute_async_script(
        """
        const done = arguments[0], form = () => new URLSearchParams({name: "Zoë"});
        const post = () => fetch(location.href, {method: "POST", body: form()}).then(sent => sent.url);
        Promise.all([post(), post()]).then(done);
        """
    )
    assert urls[0] == urls[1] != person.driver.current_url
    lines = server.noted.read_text().splitlines()
    assert lines.count("step Zoë") == lines.count("paid Zoë") == 1


def test_upload_shown_later(person, tmp_path):
    file = tmp_path / "naïve file.txt"
    file.write_text("first line, ünd so weiter")
    person.open("/photo")
    person.driver.find_element(By.NAME, "photo").send_keys(str(file))
    person.press("Send")
    person.type(title="Holidays")
    file.unlink()
    person.press("Send")
    assert person.heading == "Holidays: naïve file.txt"
    person.press("Send")
    person.reload()
    person.type(more="show")
    person.press("Send")
    assert person.heading == "26 bytes"
    assert person.words.endswith("first line, ünd so weiter")
    person.back()
    person.back()
    person.back()
    assert person.heading == "And its title"
    person.type(title="Other")
    person.press("Send")
    assert person.heading == "Other: naïve file.txt"


def test_upload_too_big(person, tmp_path):
    file = tmp_path / "big"
    file.write_bytes(b"x" * 1_500_000)
    person.open("/photo")
    person.driver.find_element(By.NAME, "photo").send_keys(str(file))
    person.press("Send")
    assert person.heading == "That is too much at once"
    person.back()
    assert person.heading == "A file, please"


def send_number(person, number, heading):
    """As htmx would: the page stays, and what came stands in it."""
    person.driver.execute_script("window.stays = true")
    person.type(number=number)
    person.driver.find_element(By.TAG_NAME, "button").click()
    wait_for(person, heading)
    assert person.driver.execute_script("return window.stays"), "the whole page was loaded"


def test_forms_sent_by_a_script(person, server):
    person.open("/sum")
    assert person.heading == "So far nothing"
    first = person.driver.current_url
    send_number(person, "1", "So far 1")
    second = person.driver.current_url
    send_number(person, "20", "So far 1+20")
    third = person.driver.current_url
    send_number(person, "300", "Sum 321")
    last = person.driver.current_url
    assert len({first, second, third, last}) == 4
    person.reload()
    assert person.heading == "Sum 321"
    person.driver.back()
    wait_for(person, "So far 1+20")
    assert person.driver.current_url == third
    person.driver.back()
    wait_for(person, "So far 1")
    send_number(person, "5", "So far 1+5")
    assert person.driver.current_url != third
    send_number(person, "6", "Sum 12")
    person.open(last.removeprefix(person.root))
    assert person.heading == "Sum 321"
    elsewhere = Visitor(server)
    page = elsewhere.open(second.removeprefix(person.root))
    assert "So far 1" in page.words
    assert "So far 1+7" in elsewhere.submit(page, number="7").words


def test_a_dialog_may_lead_to_another_site(person):
    person.open("/bank")
    person.press("Yes")
    assert person.driver.current_url.startswith("http://localhost:")
