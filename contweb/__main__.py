"""``python -m contweb`` is the command ``contweb``."""

from contweb.cli import main

if __name__ == "__main__":
    main(prog_name="contweb")
