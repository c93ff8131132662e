"""``contweb keys``."""

from click.testing import CliRunner

from contweb import App
from contweb.cli import main
from contweb.sealing import new_key, parse_keys


def run(*arguments, keys=None):
    return CliRunner().invoke(main, ["keys", *arguments], env={"CONTWEB_SECRET_KEYS": keys})


def test_a_new_key_each_time():
    printed = [CliRunner().invoke(main, ["keys"]).stdout for _ in range(2)]
    keys = [parse_keys(text.strip()) for text in printed]
    assert len(keys[0]) == 1
    assert keys[0] != keys[1]


def test_a_new_key_before_the_old_ones():
    old = f"{new_key()}, {new_key()}"
    printed = run("--rotate", keys=old).stdout.strip()
    assert parse_keys(printed)[1:] == parse_keys(old)
    assert len(set(parse_keys(printed))) == 3


def test_only_so_many_of_the_old_ones():
    old = f"{new_key()},{new_key()}"
    printed = run("--rotate", "--keep", "1", keys=old).stdout.strip()
    assert parse_keys(printed)[1:] == parse_keys(old)[:1]


def test_what_cannot_be_rotated():
    assert "nothing to rotate" in run("--rotate").output
    broken = run("--rotate", keys="short")
    assert broken.exit_code == 1
    assert "key 1 in CONTWEB_SECRET_KEYS" in broken.output
    assert run("--keep", "1").exit_code == 2


def test_a_key_file_is_rotated_in_its_place(tmp_path):
    """A page that was sealed before goes on; what is sealed after it opens with the new key alone."""
    url = f"sqlite:///{tmp_path}/pages.sqlite3"
    App("site", store=url).backing.store.close()
    file = tmp_path / "pages.sqlite3.keys"
    old = parse_keys(file.read_text())
    assert run("--file", str(file)).exit_code == 0
    assert parse_keys(file.read_text())[1:] == old
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
    App("site", store=url).backing.store.close()
    App("site", store=url, secret_keys=parse_keys(file.read_text())[:1]).backing.store.close()
