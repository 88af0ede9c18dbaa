"""Gathers the documentation in one folder: python -m docs_site [target] [build/docs].

dbt docs generate --static has to have run: its page, manifest and catalog are read.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from docs_site.erd import draw
from docs_site.lineage import write_lineage


def main(target: str = "target", folder: str = "build/docs") -> dict:
    """Writes index.html, column_lineage.html and marts.svg; returns the lineage of columns."""
    source, to = Path(target), Path(folder)
    page = source / "static_index.html"
    if not page.exists():
        sys.exit(f"{page} does not exist: run dbt docs generate --static first, or make docs.")
    to.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(page, to / "index.html")
    lineage = write_lineage(source, to / "column_lineage.html")
    manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    (to / "marts.svg").write_text(draw(manifest), encoding="utf-8")
    return lineage


if __name__ == "__main__":
    main(*sys.argv[1:])
