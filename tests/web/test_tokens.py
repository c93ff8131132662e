"""Tokens, and what is keyed by them."""

from contweb.web.tokens import Tokens


def test_answers_are_keyed_by_the_key_of_their_page():
    """Rotation does not make the same answer another one, and the digest alone does not say the answer."""
    old, new = b"o" * 32, b"n" * 32
    token = Tokens([old]).new("/login", "password")

    def stored(keys, token, digest):
        return Tokens(keys).key_of(token, "/login", "password").answer(digest)

    before = stored([old], token, "d1")
    assert stored([new, old], token, "d1") == before
    assert stored([new, old], token, "d2") != before
    assert stored([new], Tokens([new]).new("/login", "password"), "d1") != before
