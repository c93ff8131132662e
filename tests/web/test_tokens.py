"""Tokens, and what is keyed by them."""

from contweb.web.tokens import Tokens


def test_answers_are_keyed_by_the_key_of_their_page():
    """Rotation does not make the same answer another one, and its digest alone does not say it."""
    old, new = b"o" * 32, b"n" * 32
    token = Tokens([old]).new("/login", "password")

    def stored(keys, token, answer):
        return Tokens(keys).key_of(token, "/login", "password").digest(answer)

    before = stored([old], token, b"a1")
    assert stored([new, old], token, b"a1") == before
    assert stored([new, old], token, b"a2") != before
    assert stored([new], Tokens([new]).new("/login", "password"), b"a1") != before
