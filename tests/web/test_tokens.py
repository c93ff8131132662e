"""Tokens, and what is keyed by them."""

from contweb.web.tokens import Tokens


def test_answers_are_keyed_by_the_key_of_their_page():
    """Rotation does not make the same answer another one, and the digest alone does not say the answer."""
    old, new = b"o" * 32, b"n" * 32
    token = Tokens([old]).new("/login", "password")
    before = Tokens([old]).keyed(token, "/login", "password", "d1")
    assert Tokens([new, old]).keyed(token, "/login", "password", "d1") == before
    assert Tokens([new, old]).keyed(token, "/login", "password", "d2") != before
    assert Tokens([new]).keyed(Tokens([new]).new("/login", "password"), "/login", "password", "d1") != before
