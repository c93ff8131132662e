"""``contweb keys``."""

from click.testing import CliRunner

from contweb.cli import main
from contweb.sealing import parse_keys


def test_a_new_key_each_time():
    printed = [CliRunner().invoke(main, ["keys"]).stdout for _ in range(2)]
    keys = [parse_keys(text.strip()) for text in printed]
    assert len(keys[0]) == 1
    assert keys[0] != keys[1]
