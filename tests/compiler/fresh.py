"""Takes one step of a program in this process: what to do is read from stdin, what came of it is written."""

import pickle
import sys

from tests.compiler.harness import take_step

if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(take_step(pickle.load(sys.stdin.buffer))))
