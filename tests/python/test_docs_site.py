"""make docs: dbt's page, the lineage of columns and the diagram of the marts."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docs_site import erd
from docs_site.__main__ import main

PROJECT = "ai_cx_metrics"


# --- the diagram ----------------------------------------------------------------------------------


def model(name, columns, folder="core", access="public"):
    return {
        "unique_id": f"model.{PROJECT}.{name}",
        "name": name,
        "resource_type": "model",
        "fqn": [PROJECT, "marts", folder, name],
        "config": {"access": access},
        "columns": {column: {"name": column, "data_type": "string"} for column in columns},
    }


def a_test(name, column, kind, to=None, **arguments):
    nodes = [f"model.{PROJECT}.{n}" for n in (name, to) if n]
    return {
        "resource_type": "test",
        "attached_node": nodes[0],
        "column_name": column,
        "test_metadata": {"name": kind, "kwargs": arguments},
        "depends_on": {"nodes": nodes},
    }


def manifest_of(*nodes):
    return {"nodes": {str(i): node for i, node in enumerate(nodes)}}


SMALL = manifest_of(
    model("customers", ["customer_id", "since"]),
    model("journeys", ["journey_id", "customer_id", "outcome"]),
    model("contacts", ["contact_id", "journey_id", "customer_id"]),
    model("alone", ["day", "value"], "value"),
    model("hidden", ["day"], access="protected"),
    model("metric_one", ["unit_id"], "metrics"),
    a_test("customers", "customer_id", "unique"),
    a_test("journeys", "journey_id", "unique"),
    a_test("journeys", "customer_id", "relationships", "customers", field="customer_id"),
    a_test("contacts", "journey_id", "relationships", "journeys", field="journey_id"),
    a_test("contacts", "customer_id", "relationships", "customers", field="customer_id"),
    a_test("alone", None, "unique_combination_of_columns", combination_of_columns=["day"]),
)


def test_keys_and_joins_come_from_the_tests():
    marts = erd.read_marts(SMALL)
    assert set(marts) == {"customers", "journeys", "contacts", "alone"}
    assert marts["journeys"].key == ["journey_id"]
    assert marts["alone"].key == ["day"]
    assert marts["contacts"].references == {
        "journey_id": ("journeys", "journey_id"),
        "customer_id": ("customers", "customer_id"),
    }
    assert marts["journeys"].shown == ["journey_id", "customer_id"]
    assert erd.depths(marts) == {"customers": 0, "journeys": 1, "contacts": 2}


def test_the_drawing_has_a_box_for_each_mart_and_a_line_for_each_join():
    svg = ElementTree.fromstring(erd.draw(SMALL))
    space = "{http://www.w3.org/2000/svg}"
    of_class = {}
    for part in svg.iter():
        of_class.setdefault(part.get("class"), []).append(part)
    assert sorted(t.text for t in of_class["name"]) == [
        "alone",
        "contacts",
        "customers",
        "journeys",
    ]
    assert len(of_class["line"]) == 3
    boxes = [[float(b.get(k)) for k in ("x", "y", "width", "height")] for b in of_class["box"]]
    for i, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, *_ in boxes[i + 1 :]:
            inside = x <= other_x < x + width and y <= other_y < y + height
            assert not inside, "two boxes overlap"
    assert svg.find(f"{space}title").text


# --- the site -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(dbt, demo_database, tmp_path_factory):
    """(folder, manifest, lineage) of the documentation of the demo company."""
    folder = tmp_path_factory.mktemp("docs")
    database = shutil.copyfile(demo_database, folder / demo_database.name)
    dbt("docs", "generate", "--static", database=Path(database))
    target = dbt.folder / "target"
    lineage = main(str(target), str(folder / "site"))["lineage"]["edges"]
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    return folder / "site", manifest, lineage


def short(unique_id):
    return unique_id.split(".")[-1]


@pytest.mark.slow
def test_every_mart_is_in_the_diagram_and_every_tested_join_is_a_line(site):
    folder, manifest, _ = site
    svg = (folder / "marts.svg").read_text("utf-8")
    nodes = manifest["nodes"].values()
    public = {
        node["name"]
        for node in nodes
        if node["resource_type"] == "model"
        and node["config"]["access"] == "public"
        and not node["path"].startswith("marts/metrics/")
    }
    drawn = set(re.findall(r'class="name"[^>]*>([^<]+)<', svg))
    assert drawn == public
    joins = {
        (short(node["attached_node"]), node["column_name"])
        for node in nodes
        if (node.get("test_metadata") or {}).get("name", "").startswith("relationships")
        and {short(n) for n in node["depends_on"]["nodes"]} <= public
    }
    assert len(joins) >= 20
    assert svg.count('class="line"') == len(joins)


@pytest.mark.slow
def test_columns_are_followed_from_the_scorecard_to_the_source(site):
    """Through unions and windows too, down to what turns and events say."""
    _, _, edges = site
    sources = {}
    for edge in edges:
        if edge["sourceColumn"] and edge["targetColumn"]:
            key = (short(edge["target"]), edge["targetColumn"])
            sources.setdefault(key, set()).add((short(edge["source"]), edge["sourceColumn"]))
    assert ("metric_containment_rate", "numerator") in sources[("metric_daily", "num")]
    found, waiting = set(), [("scorecard", "value")]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += sources.get(key, ())
    raw = {model for model, _ in found if model.startswith("raw_demo__")}
    assert {"raw_demo__turns", "raw_demo__downstream_events", "raw_demo__interactions"} <= raw


@pytest.mark.slow
def test_the_lineage_is_coloured_by_layer(site):
    _, manifest, _ = site
    colours = {}
    for node in manifest["nodes"].values():
        if node["package_name"] == PROJECT and node["resource_type"] in ("model", "seed"):
            layer = node["fqn"][1] if node["resource_type"] == "model" else "seeds"
            if node["fqn"][2] in ("metrics", "scorecard"):
                layer = node["fqn"][2]
            if "intermediate" in node["fqn"]:
                layer = "intermediate"
            colours.setdefault(layer, set()).add(node["config"]["docs"]["node_color"])
    assert set(colours) == {"seeds", "staging", "intermediate", "marts", "metrics", "scorecard"}
    assert all(len(found) == 1 and None not in found for found in colours.values())
    assert len(set().union(*colours.values())) == 6


@pytest.mark.slow
@pytest.mark.browser
def test_the_pages_open_without_a_network_and_the_overview_leads_to_the_others(site, page):
    folder, _, _ = site
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("heading", name="The story of one number").wait_for()
    for link, title in {"diagram of their keys": "svg", "column-level lineage": "html"}.items():
        page.goto((folder / "index.html").as_uri())
        page.get_by_role("link", name=link).click()
        page.wait_for_url(re.compile(rf"\.{title}"))
    page.get_by_text("Last updated").wait_for()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
