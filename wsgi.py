"""The example applications together: ``gunicorn wsgi:app``."""

from inspect import getsource

from apps import add, booking, guess, order, tickets
from contweb import App, page

app = App(__name__)
for part in (add, tickets, order, guess, booking):
    app.include(part.app)

APPS = [
    ("add", "Add two numbers", "Two questions, one line each. Every sum keeps its address."),
    ("tickets", "Book a ticket", "Seventeen lines, and one booking, however often somebody confirms."),
    ("order", "Order coffee", "Four steps, checked and corrected on the way, in a loop and a sub-flow."),
    ("guess", "Guess a number", "A loop that runs as long as you do, with its secret in a local name."),
    ("booking", "Book a flight", "Two tabs, two flights: each tab books what it shows."),
]


@app.route("/")
def home():
    return page("home.html", apps=APPS, code="\n".join(map(getsource, (guess.guess, guess.number))))
