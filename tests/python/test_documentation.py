"""Documentation: everything that a reader can meet is described, and described once."""

import copy
import json
import re
from collections import defaultdict

import describe_once
import pytest

PROJECT = "ai_cx_metrics"
TABLES = ("model", "seed")
ENGINE_VERSION = re.compile(r"(default|duckdb|spark)__|materialization_")


@pytest.fixture(scope="module")
def manifest(dbt, tmp_path_factory):
    """The parsed project, with the systems that are off among its nodes."""
    file = tmp_path_factory.mktemp("documentation") / "manifest.json"
    dbt.manifest().writable_manifest().write(str(file))
    parsed = json.loads(file.read_text("utf-8"))
    for nodes in parsed["disabled"].values():
        parsed["nodes"].update({node["unique_id"]: node for node in nodes})
    return parsed


def ours(manifest, *kinds):
    """The project's own resources of some kinds (model, seed, macro, metric ...)."""
    groups = ("nodes", "macros", "sources", "exposures", "metrics", "semantic_models", "groups")
    for group in groups:
        for resource in manifest[group].values():
            is_ours = resource["package_name"] == PROJECT
            if is_ours and resource["resource_type"] in kinds:
                yield resource


def public_macros(manifest):
    """What other projects call or override: statistics, engine, contract, definitions, tests."""
    names = {macro["name"] for macro in ours(manifest, "macro")}
    for macro in ours(manifest, "macro"):
        name, path = macro["name"], macro["original_file_path"]
        if name.startswith("_") or ENGINE_VERSION.match(name):
            continue
        if (
            path.startswith(("macros/engine/", "macros/statistics/", "tests/generic/"))
            or f"default__{name}" in names
            or name in ("canonical_tables", "canonical_empty")
        ):
            yield macro


def undescribed(manifest):
    """Names of what lacks a description."""
    kinds = (*TABLES, "analysis", "exposure", "metric", "semantic_model", "source")
    resources = [*ours(manifest, *kinds), *public_macros(manifest)]
    names = [resource["name"] for resource in resources if not resource["description"].strip()]
    for table in ours(manifest, *TABLES):
        columns = table["columns"]
        names += [f"{table['name']}.{c}" for c in columns if not columns[c]["description"].strip()]
        names += [table["name"]] if not columns else []
    return sorted(set(names))


def test_everything_is_described(manifest):
    assert len(list(public_macros(manifest))) > 60
    assert undescribed(manifest) == []


@pytest.mark.parametrize(
    ("group", "name", "column"),
    [
        ("nodes", "scorecard", None),
        ("nodes", "scorecard", "rating"),
        ("nodes", "stg_tau2__turns", "turn_number"),
        ("nodes", "metric_registry", None),
        ("nodes", "metric_targets", "target"),
        ("macros", "wilson_lower", None),
        ("macros", "is_left_by_customer", None),
        ("metrics", "containment_rate", None),
        ("exposures", "scorecard_page", None),
    ],
)
def test_a_description_that_is_missing_is_found(manifest, group, name, column):
    broken = copy.deepcopy(manifest)
    [resource] = [
        resource
        for resource in broken[group].values()
        if resource["name"] == name and resource["package_name"] == PROJECT
    ]
    (resource["columns"][column] if column else resource)["description"] = " "
    found = set(undescribed(broken)) - set(undescribed(manifest))
    assert found == {f"{name}.{column}" if column else name}


def test_tables_say_their_grain_first(manifest):
    tables = ours(manifest, *TABLES)
    assert [t["name"] for t in tables if not t["description"].startswith("One row")] == []


def test_the_columns_of_the_built_tables_are_the_documented_ones(manifest, demo_query):
    built = defaultdict(set)
    for row in demo_query("select table_name, column_name from information_schema.columns"):
        built[row["table_name"]].add(row["column_name"])
    documented = {t["alias"]: set(t["columns"]) for t in ours(manifest, *TABLES)}
    differing = {
        name: built[name] ^ columns
        for name, columns in documented.items()
        if name in built and built[name] != columns
    }
    assert differing == {}


def test_a_text_is_written_once(manifest):
    """Columns with one meaning share a doc block, and no two blocks say the same.

    scripts/describe_once.py makes a doc block of what this test finds.
    """
    columns = defaultdict(list)
    for table in ours(manifest, *TABLES):
        for column in table["columns"].values():
            text = column["description"].strip()
            if not column["doc_blocks"] and "{{" not in text:
                columns[text].append(f"{table['name']}.{column['name']}")
    for doc in manifest["docs"].values():
        if doc["package_name"] == PROJECT:
            columns[doc["block_contents"].strip()].append(doc["name"])
    assert {text: names for text, names in columns.items() if len(names) > 1} == {}


def test_every_doc_block_is_used(manifest, project_root):
    texts = [
        p.read_text("utf-8") for f in ("models", "seeds") for p in (project_root / f).rglob("*.yml")
    ]
    used = set(re.findall(r"doc\('(\w+)'\)", "\n".join(texts)))
    written = {d["name"] for d in manifest["docs"].values() if d["package_name"] == PROJECT}
    assert written - used - {"__overview__"} == set()
    assert used - written == set()


def test_every_mart_that_is_published_has_an_owner(manifest):
    owners = {
        t["name"]: t["config"]["meta"].get("owner")
        for t in ours(manifest, "model")
        if t["config"].get("access") == "public"
    }
    assert len(owners) > 90
    assert [name for name, owner in owners.items() if not owner] == []
    exposures = list(ours(manifest, "exposure"))
    assert len(exposures) >= 2
    assert [e["name"] for e in exposures if not e["owner"].get("name")] == []


def test_the_exposure_of_the_page_is_what_its_script_reads(manifest, project_root):
    script = (project_root / "scripts/scorecard/marts.py").read_text("utf-8")
    models = {m["name"]: key for key, m in manifest["nodes"].items() if key.startswith("model.")}
    read = {models[n] for n in re.findall(r"\b(?:from|join) (\w+)", script) if n in models}
    [page] = [e for e in ours(manifest, "exposure") if e["name"] == "scorecard_page"]
    assert set(page["depends_on"]["nodes"]) == read


def test_describe_once_moves_a_text_of_two_columns_into_a_block():
    def table(name, **columns):
        described = {c: {"name": c, "description": d} for c, d in columns.items()}
        identity = {"name": name, "package_name": PROJECT, "resource_type": "model"}
        return identity | {"columns": described}

    block = {"name": "size", "package_name": PROJECT, "block_contents": "Size in cm."}
    nodes = {
        "a": table("a", size="How often.", length="Size in cm.", own="Only here."),
        "b": table("b", size="How  often.", width="{{ doc('size') }}"),
    }
    names = describe_once.shared_texts({"nodes": nodes, "disabled": {}, "docs": {"d": block}})
    assert names == {"How often.": "a_size", "Size in cm.": "size"}
    column = "      - name: size\n        description: {}\n        data_tests: [unique]\n"
    for written in ("How often.", '"How often."', ">-\n          How\n          often."):
        changed = describe_once.refer(column.format(written), names)
        assert changed == column.format("\"{{ doc('a_size') }}\"")
    assert describe_once.refer(column.format("Only here."), names) == column.format("Only here.")
