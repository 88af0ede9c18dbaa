"""python -m findings --tau2 DATABASE --tickets DATABASE PAGE: writes the page and its charts."""

import argparse
import sys
from pathlib import Path

from findings.marts import read
from findings.page import write


def main() -> int:
    """Writes the page; 1 with a sentence where a database is missing."""
    parser = argparse.ArgumentParser(prog="python -m findings", description=__doc__)
    parser.add_argument("--tau2", type=Path, required=True, help="database built from tau2 runs")
    parser.add_argument("--tickets", type=Path, required=True, help="database built from tickets")
    parser.add_argument("page", type=Path, help="Markdown file to write, such as docs/findings.md")
    options = parser.parse_args()
    for database in (options.tau2, options.tickets):
        if not database.exists():
            print(f"{database} does not exist: run make findings first.", file=sys.stderr)
            return 1
    for path in write(read(options.tau2, options.tickets), options.page):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
