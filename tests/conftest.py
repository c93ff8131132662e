"""What several folders of tests share: real servers and a real browser."""

import os
import shutil

import pytest
from selenium import webdriver

from tests.needs import need
from tests.servers import Gunicorn

# An app made at import (wsgi.py) must not write beside the checkout.
os.environ["CONTWEB_STORE"] = "memory:"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The example apps behind gunicorn with three workers, for the tests of one module."""
    running = Gunicorn(tmp_path_factory.mktemp("server")).start()
    yield running
    running.stop()


@pytest.fixture
def gunicorn(tmp_path):
    """Starts a gunicorn for one test: ``gunicorn("module:app", NAME="in the environment")``."""
    started = []

    def start(app="wsgi:app", workers=3, **environment):
        started.append(Gunicorn(tmp_path, app, workers, **environment).start())
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A headless Chromium with a profile of its own."""
    need("chromium", "chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (
        "headless=new",
        "no-sandbox",  # Chromium's sandbox refuses root, and only our own pages are opened
        "disable-gpu",
        "disable-quic",
        "disable-dev-shm-usage",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "window-size=1000,900",
        f"user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(f"--{flag}")
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()
