"""Two of the example apps in a real browser, with its own back button, reload and a second window."""

from itertools import count

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

pytestmark = [pytest.mark.browser, pytest.mark.servers]


class Person:
    """Somebody in front of a browser."""

    def __init__(self, driver, server):
        self.driver = driver
        self.marks = count()
        self.root = f"http://127.0.0.1:{server.port}"

    def open(self, path):
        self.driver.get(self.root + path)

    def type(self, **fields):
        for name, text in fields.items():
            field = self.driver.find_element(By.NAME, name)
            field.clear()
            field.send_keys(text)

    def choose(self, **fields):
        for name, text in fields.items():
            Select(self.driver.find_element(By.NAME, name)).select_by_visible_text(text)

    def press(self, words):
        """Press the button with these words, and wait for the next page."""
        button = self.driver.find_element(By.XPATH, f"//button[normalize-space()='{words}']")
        self.leave(button.click)

    def back(self):
        self.leave(self.driver.back)

    def reload(self):
        self.leave(self.driver.refresh)

    def leave(self, action):
        """Do what leads to another page, and wait until that is there.

        Each page that is left gets a mark of its own, because the browser may bring the very same page back.
        """
        mark = next(self.marks)
        self.driver.execute_script(f"window.leftAt = {mark}")
        action()
        arrived = f"return window.leftAt !== {mark} && document.readyState == 'complete'"
        WebDriverWait(self.driver, 10, poll_frequency=0.02).until(
            lambda driver: driver.execute_script(arrived)
        )

    @property
    def heading(self):
        return self.driver.find_element(By.TAG_NAME, "h1").text

    @property
    def words(self):
        return " ".join(self.driver.find_element(By.TAG_NAME, "main").text.split())

    @property
    def step(self):
        return self.driver.current_url.removeprefix(self.root).partition("~")[0]


@pytest.fixture
def person(chromium, server):
    yield Person(chromium, server)
    first, *others = chromium.window_handles
    for window in others:
        chromium.switch_to.window(window)
        chromium.close()
    chromium.switch_to.window(first)


def test_order(person):
    person.open("/order")
    assert person.step == "/order/name"
    person.type(name="Zoë")
    person.press("Continue")
    person.type(address="1 Main St")
    person.press("Continue")
    person.type(quantity="3")
    person.press("Continue")
    person.press("Place the order")
    assert person.heading == "Thank you, Zoë."
    assert "Name Zoë Address 1 Main St Quantity 3" in person.words


def test_order_back_reload_and_another_answer(person):
    person.open("/order")
    person.type(name="Kim")
    person.press("Continue")
    person.type(address="Here")
    person.press("Continue")
    person.reload()
    person.type(quantity="3")
    person.press("Continue")
    person.reload()
    assert "Address Here Quantity 3" in person.words
    person.back()
    person.back()
    assert person.step == "/order/address"
    person.type(address="There")
    person.press("Continue")
    person.type(quantity="4")
    person.press("Continue")
    person.press("Place the order")
    done = person.words
    assert "Name Kim Address There Quantity 4" in done
    person.reload()
    assert person.words == done
    person.back()
    assert person.heading == "Is this right?"


def test_order_with_a_slip(person):
    person.open("/order")
    person.press("Continue")
    field = person.driver.find_element(By.NAME, "name")
    error = person.driver.find_element(By.ID, field.get_attribute("aria-describedby"))
    assert "needed" in error.text
    assert field == person.driver.switch_to.active_element
    person.type(name="Kim")
    person.press("Continue")
    assert person.step == "/order/address"


def test_order_changed_in_the_end(person):
    person.open("/order")
    person.type(name="Kim")
    person.press("Continue")
    person.type(address="Here")
    person.press("Continue")
    person.type(quantity="3")
    person.press("Continue")
    person.press("Change something")
    assert person.driver.find_element(By.NAME, "name").get_attribute("value") == "Kim"
    person.press("Continue")
    person.press("Continue")
    person.type(quantity="5")
    person.press("Continue")
    person.press("Place the order")
    assert "Name Kim Address Here Quantity 5" in person.words


def search(person, origin, destination):
    person.open("/booking")
    person.choose(origin=origin, destination=destination)
    person.press("Find flights")


def pick(person, index):
    row = person.driver.find_elements(By.CSS_SELECTOR, "label.row")[index]
    number = row.find_element(By.TAG_NAME, "input").get_attribute("value")
    row.click()
    person.press("Choose")
    return number


def pay(person, name):
    person.type(name=name, email=f"{name}@example.org".lower())
    person.press("Continue")
    person.type(card="4000 0000 0000 0002")
    person.press("Pay and book")


def test_booking_with_back_and_reload(person):
    search(person, "Athens", "Oslo")
    early = pick(person, 0)
    person.back()
    late = pick(person, 2)
    assert early != late
    person.reload()
    pay(person, "Kim")
    assert person.heading == "Booked. Have a good flight, Kim."
    assert late in person.words
    reference = person.driver.find_element(By.TAG_NAME, "code").text
    person.reload()
    assert person.driver.find_element(By.TAG_NAME, "code").text == reference


def test_two_windows_book_what_they_show(person):
    search(person, "Lisbon", "Prague")
    flights = person.driver.current_url
    first_window = person.driver.current_window_handle
    early = pick(person, 0)
    person.driver.switch_to.new_window("window")
    second_window = person.driver.current_window_handle
    person.driver.get(flights)
    late = pick(person, 2)
    person.driver.switch_to.window(first_window)
    pay(person, "One")
    assert early in person.words and late not in person.words
    person.driver.switch_to.window(second_window)
    pay(person, "Two")
    assert late in person.words and early not in person.words
