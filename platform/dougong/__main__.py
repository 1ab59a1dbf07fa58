"""`python -m dougong` and the console script `dougong`: both are the command line of cli/."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from dougong.cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
