"""Objects of SQLAlchemy's ORM are stored by their keys, and loaded again."""

import pytest

from contweb import App, Continuation, ask, flow, html, start, suspend
from contweb.errors import CannotStoreError, NotThereError
from contweb.state import travel
from tests.needs import need_module

sqlalchemy = need_module("sqlalchemy")

from sqlalchemy import ForeignKey, create_engine, select  # noqa: E402
from sqlalchemy.orm import (  # noqa: E402
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.pool import StaticPool  # noqa: E402

from contweb.sqlalchemy import store_by_key  # noqa: E402


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    number: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str]
    kind: Mapped[str]
    lines: Mapped[list["Line"]] = relationship(back_populates="order")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "order"}


class Express(Order):
    __mapper_args__ = {"polymorphic_identity": "express"}


class Line(Base):
    __tablename__ = "lines"
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    order: Mapped[Order] = relationship(back_populates="lines")


Session = scoped_session(sessionmaker())


@pytest.fixture(autouse=True)
def database(monkeypatch):
    for table in ("_WAYS", "_FAMILIES", "_BY_NAME"):
        monkeypatch.setattr(travel, table, dict(getattr(travel, table)))
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    Session.remove()
    Session.configure(bind=engine)
    Session.add_all(
        [Order(number=1, note="one"), Express(number=2, note="two"), Line(order_number=1, sku="a")]
    )
    Session.commit()
    store_by_key(Base, Session)
    yield
    Session.remove()
    engine.dispose()


@flow
def hold(value):
    suspend()
    return value


def stored(value):
    return start(hold, value).continuation.dumps(trusted=True)


def loaded(data):
    Session.remove()
    return Continuation.loads(data, trusted=True).resume().value


def test_a_row_is_loaded_again():
    data = stored(Session.get(Order, 1))
    Session.execute(sqlalchemy.text("UPDATE orders SET note = 'changed'"))
    Session.commit()
    order = loaded(data)
    assert (type(order), order.note, order.lines[0].sku) == (Order, "changed", "a")
    assert b"one" not in data


def test_a_subclass_and_a_key_of_two_columns():
    express, line = Session.get(Order, 2), Session.get(Line, (1, "a"))
    again, other = loaded(stored([express, line]))
    assert (type(again), again.number, other.sku) == (Express, 2, "a")


def test_a_row_in_two_places_is_one():
    order = Session.get(Order, 1)
    one, other = loaded(stored([order, {"same": order}]))
    assert other["same"] is one
    assert one is Session.get(Order, 1)


def test_a_list_of_rows_from_a_query():
    rows = list(Session.scalars(select(Order).order_by(Order.number)))
    assert [row.number for row in loaded(stored(rows))] == [1, 2]


def test_a_detached_row():
    order = Session.get(Order, 1)
    Session.remove()
    assert loaded(stored(order)).note == "one"


def test_a_row_that_is_gone():
    data = stored(Session.get(Line, (1, "a")))
    Session.delete(Session.get(Line, (1, "a")))
    Session.commit()
    with pytest.raises(NotThereError, match="Line"):
        loaded(data)


def new():
    return Order(number=3, note="three")


def added():
    order = new()
    Session.add(order)
    return order


def changed():
    order = Session.get(Order, 1)
    order.note = "other"
    return order


def deleted():
    order = Session.get(Order, 2)
    Session.delete(order)
    Session.flush()
    return order


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (new, "not in the database yet"),
        (added, "not in the database yet"),
        (changed, "changes that are not"),
        (deleted, "deleted"),
    ],
)
def test_what_would_not_be_found_again(make, reason):
    with pytest.raises(CannotStoreError) as refused:
        stored({"order": make()})
    assert reason in refused.value.reason
    assert refused.value.path == "value['order']"


def test_flushed_it_can_be_stored():
    order = changed()
    Session.commit()
    assert loaded(stored(order)).note == "other"


def test_without_the_adapter_the_error_says_so(monkeypatch):
    for table in ("_WAYS", "_FAMILIES"):
        monkeypatch.setattr(travel, table, {})
    with pytest.raises(CannotStoreError, match="store_by_key"):
        stored(Session.get(Order, 1))


app = App(__name__, store="memory:")


@app.flow("/orders/<int:number>")
def edit(number):
    order = Session.get(Order, number)
    note = ask(html('<form method="post"><input name="note">'))["note"]
    order.note = note
    Session.commit()
    return html(order.note)


@app.after_request
def done(response):
    Session.remove()
    return response


def test_on_the_web():
    browser = app.test_client()
    browser.open("/orders/1")
    url = browser.page.url
    assert browser.submit(note="new").text == "new"
    assert Session.get(Order, 1).note == "new"
    Session.execute(sqlalchemy.text("DELETE FROM orders"))
    Session.commit()
    page = browser.request("POST", url, data={"note": "late"})
    assert page.status == 410
    assert "not there any more" in page.text
    assert "late" in page.text
