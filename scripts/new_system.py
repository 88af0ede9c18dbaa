"""Scaffold of a new source system: every canonical table as an empty stub, with its YAML.

    .venv/bin/python scripts/new_system.py acme
    .venv/bin/python scripts/new_system.py acme --template turns
    python dbt_packages/ai_cx_metrics/scripts/new_system.py acme --project .

The first call writes models/staging/acme/: `dbt build` passes at once, with everything that needs
an input reported as not computable. The second prints a select that gives the columns of one table:
put the source's columns in the place of the nulls and write it over the stub.
docs/bring-your-own-events.md says what goes where. The third is for a dbt project that has
installed this one as a package.
"""

import argparse
import re
import sys
from pathlib import Path

import jinja2
import yaml

PROJECT = Path(__file__).resolve().parents[1]

GRAINS = {
    "interactions": "contact session",
    "interaction_identifiers": "interaction and customer identifier",
    "turns": "utterance or message of an interaction",
    "handoffs": "attempt to hand an interaction over",
    "intent_predictions": "intent predicted for a turn",
    "suggestions": "suggestion displayed to an agent",
    "surveys": "survey offered after an interaction",
    "downstream_events": "business event after the contact",
    "guardrail_events": "hit of a guardrail policy",
    "qa_reviews": "criterion of a quality review",
    "agent_segments": "offer of an interaction to an agent",
    "agents": "agent and validity",
    "agent_hours": "agent and day",
    "identity_links": "link between two customer identifiers",
    "customer_segments": "customer identifier, segment type and validity",
    "releases": "release of a bot or model",
    "experiment_assignments": "unit assigned to an experiment arm",
    "offers": "offer presented to a customer",
    "consents": "consent given or withdrawn",
    "rate_card": "price and validity",
    "intent_catalogue": "intent and validity",
}


def canonical_tables(project: Path = PROJECT) -> dict[str, list[list]]:
    """The columns [name, type, rules?] of every canonical table, as the project's macro says."""
    returned: list = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = returned.append
    environment.globals["var"] = lambda name, default=None: [name]
    source = (project / "macros/inputs/canonical_tables.sql").read_text(encoding="utf-8")
    module = environment.from_string(source).module
    module.canonical_tables()
    module.canonical_common_columns()
    tables, common = returned
    return {table: common + spec["columns"] for table, spec in tables.items()}


def stub_sql(table: str, package: str = "") -> str:
    """The model of a table that the system does not deliver.

    package: prefix of this project's macros in a project that has installed it (`ai_cx_metrics.`).
    """
    return f"{{{{ {package}canonical_empty('{table}') }}}}\n"


def template_sql(system: str, table: str, columns: list[list]) -> str:
    """A select that gives the columns of one table, all of them NULL but the system's name."""
    lines = []
    for name, kind, *_ in columns:
        alias = "{{ adapter.quote('trigger') }}" if name == "trigger" else name
        value = f"'{system}'" if name == "source_system" else f"cast(null as {kind})"
        lines.append(f"    {value} as {alias}")
    return "select\n" + ",\n".join(lines) + f"\nfrom {{{{ source('{system}', '{table}') }}}}\n"


def described_columns(columns: list[list]) -> list[dict]:
    """The YAML of a table's columns: their descriptions are written once, in models/docs.md."""
    return [{"name": name, "description": f"{{{{ doc('{name}') }}}}"} for name, *_ in columns]


class _Dumper(yaml.SafeDumper):
    """YAML in the project's style: lists indented, quotes double, long text folded."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = ">" if len(text) > 70 else ('"' if "'" in text else None)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump_yaml(document: dict) -> str:
    """A properties file as text."""
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=80, allow_unicode=True)
    return "version: 2\n\n" + text


def models_yaml(system: str, tables: dict[str, list[list]]) -> str:
    """The YAML of the staging folder: description and columns of every table."""
    enabled = f"{{{{ '{system}' in var('cx_systems') or target.name == 'lint' }}}}"
    models = [
        {
            "name": f"stg_{system}__{table}",
            "description": f"One row per {GRAINS.get(table, table)}, as {system} delivers it.",
            "config": {"enabled": enabled},
            "columns": described_columns(columns),
        }
        for table, columns in tables.items()
    ]
    return dump_yaml({"models": models})


def write_system(system: str, project: Path = PROJECT) -> Path:
    """Writes the staging folder of a system and returns it; refuses to touch one that is there."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", system) or "__" in system:
        raise ValueError(
            f"'{system}' is no name for a system: use lower-case letters, digits and single "
            "underscores, beginning with a letter."
        )
    folder = project / "models/staging" / system
    if folder.exists():
        raise ValueError(f"{folder} is there already: choose another name or remove it first.")
    is_own = (project / "macros/inputs/canonical_tables.sql").exists()
    tables = canonical_tables(project if is_own else PROJECT)
    folder.mkdir(parents=True)
    for table in tables:
        path = folder / f"stg_{system}__{table}.sql"
        stub = stub_sql(table, "" if is_own else "ai_cx_metrics.")
        path.write_text(stub, encoding="utf-8")
    (folder / f"_{system}__models.yml").write_text(models_yaml(system, tables), encoding="utf-8")
    return folder


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", help="name of the system: lower-case letters, digits, underscores")
    parser.add_argument("--template", metavar="TABLE", help="print the select of one table")
    parser.add_argument(
        "--project", type=Path, default=PROJECT, help="the dbt project to write to (default: this)"
    )
    options = parser.parse_args(arguments)
    if options.template:
        tables = canonical_tables()
        if options.template not in tables:
            print(
                f"There is no table '{options.template}': it is one of {', '.join(tables)}.",
                file=sys.stderr,
            )
            return 1
        print(template_sql(options.name, options.template, tables[options.template]), end="")
        return 0
    try:
        folder = write_system(options.name, options.project)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(
        f"Wrote {folder}.\n"
        f"Build it with: dbt build --vars '{{cx_systems: [{options.name}]}}'\n"
        f"Then map one table after the other: new_system.py {options.name} --template interactions"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
