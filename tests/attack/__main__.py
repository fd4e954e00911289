"""`python -m tests.attack connections | inputs | rights`: attack a house of our own, on this machine alone, and print what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from tests.attack import connections, inputs, rights

ATTACKS: Mapping[str, Callable[[], int]] = {
    "connections": connections.main,
    "inputs": inputs.main,
    "rights": rights.main,
}


def main() -> int:
    """Parse and do; returns the exit status: 1 when somebody was let in, something leaked, or an answer was 5xx."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("what", choices=sorted(ATTACKS))
    return ATTACKS[parser.parse_args().what]()


if __name__ == "__main__":
    sys.exit(main())
