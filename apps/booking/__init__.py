"""Book a flight, in as many tabs as you like: each tab books the flight that it shows.

Travel sites that keep "the flight being looked at" in the session book the flight of the tab that was opened
last. Here the flight is a local name, and each page has its own.
"""

from dataclasses import dataclass
from itertools import permutations, product
from secrets import token_hex

from contweb import App, ask, flow, page

app = App(__name__)


@dataclass(frozen=True)
class Flight:
    number: str
    origin: str
    destination: str
    departs: str
    price: int


CITIES = ("Athens", "Lisbon", "Oslo", "Prague")
TIMES = ("07:40", "13:15", "19:55")
FLIGHTS = [
    Flight(f"CW {n}", origin, destination, departs, price=59 + n * 37 % 120)
    for n, ((origin, destination), departs) in enumerate(product(permutations(CITIES, 2), TIMES), start=100)
]


@app.flow("/booking")
def booking():
    flight = choose(search())
    name, email = passenger(flight)
    pay(flight, name)
    return page("booking/ticket.html", flight=flight, name=name, email=email, reference=token_hex(3).upper())


@flow
def search():
    """The flights between two cities that the visitor picks."""
    origin, destination, error = CITIES[0], CITIES[1], ""
    while True:
        form = ask("booking/search.html", cities=CITIES, origin=origin, destination=destination, error=error)
        origin, destination = form["origin"], form["destination"]
        found = [flight for flight in FLIGHTS if (flight.origin, flight.destination) == (origin, destination)]
        if found:
            return found
        error = "Choose two different cities." if origin == destination else "We do not fly there."


@flow
def choose(flights):
    """One of the flights."""
    error = ""
    while True:
        number = ask("booking/flights.html", flights=flights, error=error).get("flight")
        for flight in flights:
            if flight.number == number:
                return flight
        error = "Choose one of these flights."


@flow
def passenger(flight):
    """Who flies, and where to send the ticket."""
    name = email = ""
    errors = {}
    while True:
        form = ask("booking/passenger.html", flight=flight, name=name, email=email, errors=errors)
        name, email = form["name"].strip(), form["email"].strip()
        errors = {}
        if not 0 < len(name) <= 100:
            errors["name"] = "Type the name as in the passport."
        if not (0 < email.find("@") < len(email) - 1 <= 200) or " " in email:
            errors["email"] = "Type an e-mail address, such as kim@example.org."
        if not errors:
            return name, email


@flow
def pay(flight, name):
    """Take the card. Its number is in no name when a page is shown, so it is never stored."""
    error = ""
    while True:
        card = ask("booking/payment.html", flight=flight, name=name, error=error)["card"]
        if card.replace(" ", "").isdecimal() and len(card.replace(" ", "")) == 16:
            return
        error = "Type the 16 digits of the card."
