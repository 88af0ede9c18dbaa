"""python -m scorecard [DATABASE] [PAGE]: writes the scorecard of a built database."""

import os
import sys
from pathlib import Path

from scorecard.marts import read
from scorecard.page import render


def main() -> int:
    """Writes the page; 1 with a sentence where the database is missing or not built."""
    arguments = sys.argv[1:]
    database = Path(
        arguments[0] if arguments else os.environ.get("CX_DATABASE", "ai_cx_metrics.duckdb")
    )
    page = Path(arguments[1] if len(arguments) > 1 else "build/scorecard.html")
    if not database.exists():
        print(f"{database} does not exist: run make build first.", file=sys.stderr)
        return 1
    html = render(read(database))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html, encoding="utf-8")
    print(f"{page}: {len(html.encode()) / 1000:,.0f} kB. Open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
