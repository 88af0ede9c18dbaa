"""Column-level lineage of all models as one page, by dbt-colibri without its command: that one
would look for a newer version of itself on the internet."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path

from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
from dbt_colibri.report.generator import DbtColibriReportGenerator
from sqlglot.optimizer.scope import Scope

# dbt-colibri 0.3.7 uses a name that sqlglot has dropped before 30.20. Without it every model with a
# union lacks its lineage.
if not hasattr(Scope, "union_scopes"):
    Scope.union_scopes = property(lambda scope: getattr(scope, "set_operation_scopes", []))


def write_lineage(target: Path, page: Path) -> dict:
    """Writes the page from dbt's manifest and catalog; returns what it shows."""
    logging.getLogger("colibri").setLevel(logging.CRITICAL)
    extractor = DbtColumnLineageExtractor(
        str(target / "manifest.json"), str(target / "catalog.json")
    )
    report = DbtColibriReportGenerator(extractor, light_mode=True, disable_telemetry=True)
    with tempfile.TemporaryDirectory() as folder:
        report.generate_report(folder)
        shutil.copyfile(Path(folder) / "index.html", page)
        return json.loads((Path(folder) / "colibri-manifest.json").read_text(encoding="utf-8"))
