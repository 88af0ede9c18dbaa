"""The scorecard page: what it holds, and how it behaves in a real browser."""

import json
import re

import duckdb
import pytest
import yaml
from dbt_helpers import query
from scorecard import marts
from scorecard.page import render, safe_json

browser_test = pytest.mark.browser
MEGABYTES_2 = 2_000_000
EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"


# --- the file -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def data(demo_database):
    return marts.read(demo_database)


@pytest.fixture(scope="session")
def page_file(data, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "scorecard.html"
    file.write_text(render(data), encoding="utf-8")
    return file


def test_the_page_refers_to_no_other_file(page_file):
    html = page_file.read_text()
    outside = re.findall(r"""(?:src|href)\s*=\s*["']?(?!data:,|#)[^"'\s>]+""", html)
    assert [reference for reference in outside if "${" not in reference] == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)\S+", html) == []


def test_text_cannot_leave_the_data_element():
    text = safe_json({"name": EVIL, "line": "\u2028"})
    assert "<" not in text and ">" not in text and "\u2028" not in text
    assert json.loads(text) == {"name": EVIL, "line": "\u2028"}


def test_a_suppressed_slice_is_only_its_reason(data, demo_query):
    suppressed = demo_query("select * from scorecard where is_suppressed and tier = 'headline'")
    positions = {
        dimension: {value: i + 1 for i, value in enumerate(values)}
        for dimension, values in data["dimensions"].items()
    }
    ids = [metric["id"] for metric in data["metrics"]]
    assert suppressed
    for row in suppressed:
        key = marts.cell_key(row, positions)
        cell = data["cells"][row["period"]][ids.index(row["metric_id"])][key]
        assert data["words"][cell] == row["rating_reason"]


def test_the_page_is_small_at_12_intents_4_channels_and_4_segments(demo_copy):
    """Every combination has a value here, which no real company's data would have."""
    with duckdb.connect(str(demo_copy)) as connection:
        connection.execute("set preserve_insertion_order = true")
        one_by_one = [("intent_id", 12), ("channel", 4), ("customer_segment", 4)]
        for table in ["scorecard", "scorecard_series"]:
            connection.execute(f"create table filled as from {table} limit 0")
            if table == "scorecard":
                names = ", ".join(
                    f"(select unnest(['all'] || [concat('{d}_number_', i) for i in"
                    f" range({n})]) as {d})"
                    for d, n in one_by_one
                )
                connection.execute(
                    f"""
                    insert into filled
                    select s.* replace (
                        v.intent_id as intent_id, v.channel as channel,
                        v.customer_segment as customer_segment,
                        case when 'all' not in (v.intent_id, v.channel) then 'combined'
                            when 'all' not in (v.intent_id, v.customer_segment) then 'combined'
                            when 'all' not in (v.channel, v.customer_segment) then 'combined'
                            when v.intent_id <> 'all' then 'intent_id'
                            when v.channel <> 'all' then 'channel'
                            when v.customer_segment <> 'all' then 'customer_segment'
                            else 'overall' end as slice_dimension,
                        random() as value, random() as lower_95, random() as upper_95,
                        cast(1000 * random() as bigint) as n, random() as coverage,
                        random() as change
                    )
                    from scorecard as s cross join (from {names}) as v
                    where s.slice_dimension = 'overall'
                    """
                )
            else:
                for dimension, n in [*one_by_one, ("overall", 0)]:
                    values = f"concat('{dimension}_number_', i)" if n else "'all'"
                    connection.execute(
                        f"""
                        insert into filled
                        select s.* replace (
                            '{dimension}' as slice_dimension, {values} as slice_value,
                            random() as value, random() as lower_limit, random() as upper_limit
                        )
                        from scorecard_series as s cross join range({max(n, 1)}) as r (i)
                        where s.slice_dimension = 'overall'
                        """
                    )
            connection.execute(f"drop table {table}")
            connection.execute(f"alter table filled rename to {table}")
    filled = marts.read(demo_copy)
    assert [len(values) for values in filled["dimensions"].values()] == [12, 4, 4]
    size = len(render(filled).encode())
    assert size < MEGABYTES_2, size


# --- the browser --------------------------------------------------------------------------------


@pytest.fixture
def opened(page, page_file):
    page.goto(page_file.as_uri())
    return page


def open_first_metric(page):
    page.locator("#metrics .metric button").first.click()
    return page.locator("#metrics tr.detail:not([hidden])")


def open_watch(page):
    page.locator("#open-alerts a").click()
    for fold in page.locator("#watch details > summary").all():
        fold.click()
    return page.locator("#watch")


def violations(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    results = axe.run(page)
    return [
        (found["id"], node["target"], node.get("failureSummary"))
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


@browser_test
def test_nothing_is_asked_of_a_network(page, page_file):
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(page_file.as_uri())
    open_first_metric(page)
    page.select_option("select[name=channel]", index=1)
    for fold in page.locator("details.fold:not([hidden]) > summary").all():
        fold.click()
    assert [url for url in requests if not url.startswith("data:")] == [page_file.as_uri()]
    assert errors == []


@browser_test
@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_axe_finds_nothing(opened, width, scheme):
    opened.set_viewport_size({"width": width, "height": 900})
    opened.emulate_media(color_scheme=scheme)
    assert violations(opened) == []
    open_first_metric(opened)
    for fold in opened.locator("details.fold:not([hidden]) > summary").all():
        fold.click()
    opened.locator("#watch details > summary").click()
    assert violations(opened) == []


@browser_test
@pytest.mark.parametrize("width", [1280, 1170, 1100, 950, 780, 390])
def test_no_sideways_scrolling(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    open_first_metric(opened)
    open_watch(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    # A slice in which little can be measured has reasons, longer than values, in their place.
    opened.select_option("select[name=intent_id]", label="refund status")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    cells = opened.locator("#watch td, #watch tbody th").evaluate_all(
        "cells => cells.filter((c) => c.scrollWidth > c.clientWidth + 1).map((c) => c.textContent)"
    )
    assert cells == []


@browser_test
def test_filters_and_drill_down_by_keyboard(opened, data):
    everything = opened.locator("#metrics .line .value").all_text_contents()
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Skip to the metrics"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.hash") == "#watch"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.name") == "intent_id"
    opened.keyboard.press("ArrowDown")
    first = data["dimensions"]["intent_id"][0].replace("_", " ")
    assert f"intent {first}" in opened.locator("#summary").text_content()
    assert opened.locator("#metrics .line .value").all_text_contents() != everything
    assert opened.evaluate("document.activeElement.name") == "intent_id"
    opened.keyboard.press("ArrowUp")
    assert opened.locator("#metrics .line .value").all_text_contents() == everything
    for _ in range(4):
        opened.keyboard.press("Tab")
    button = opened.locator("#metrics .metric button").first
    assert opened.evaluate("document.activeElement.id") == button.get_attribute("id")
    opened.keyboard.press("Enter")
    detail = opened.locator("#metrics tr.detail:not([hidden])")
    assert button.get_attribute("aria-expanded") == "true"
    assert detail.locator("svg.chart").count() == 1
    assert "What would change it" in detail.text_content()
    assert opened.evaluate("document.activeElement.id") == button.get_attribute("id")
    opened.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert detail.count() == 0


@browser_test
def test_a_groups_label_does_not_stretch_its_rows(opened):
    opened.set_viewport_size({"width": 1280, "height": 900})
    heights = opened.locator("#metrics tr.line, #metrics tr.monitor").evaluate_all(
        "rows => rows.map((row) => row.getBoundingClientRect().height)"
    )
    assert len(heights) > 10
    assert max(heights) < 1.15 * min(heights), heights


@browser_test
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_prints_on_one_landscape_page(opened, paper):
    open_first_metric(opened)
    open_watch(opened)
    pdf = opened.pdf(format=paper, landscape=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1


def shown(value, unit):
    """How a reader expects the number of a metric to be written."""
    if value is None:
        return "–"
    sign, value = ("−" if value < 0 else ""), abs(value)
    if unit in ("seconds", "minutes"):
        seconds = value * (60 if unit == "minutes" else 1)
        for name, size in [("d", 86400), ("h", 3600), ("min", 60)]:
            if seconds >= 2 * size:
                return f"{sign}{seconds / size:.1f} {name}"
        return f"{sign}{seconds:.1f} s"
    formats = {"share": f"{100 * value:.1f}%", "usd": f"${value:.2f}", "count": f"{value:,.3f}"}
    return sign + formats.get(unit, f"{value:.2f}")


def close(text, expected):
    """Equal but for the last digit, which may be rounded from six significant ones."""
    a, b = (re.findall(r"[\d.]+", t) for t in (text, expected))
    same_words = re.sub(r"[\d.]+", "", text) == re.sub(r"[\d.]+", "", expected)
    digits = len(expected.split(".")[-1].rstrip("% a-z")) if "." in expected else 0
    return same_words and all(
        abs(float(x) - float(y)) <= 1.01 * 10**-digits for x, y in zip(a, b, strict=True)
    )


@browser_test
@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"channel": "voice"},
        {"intent_id": "pay_bill"},
        {"customer_segment": "basic"},
        {"intent_id": "order_status", "channel": "chat"},
        {"period": "all", "channel": "chat", "customer_segment": "plus"},
    ],
)
def test_the_numbers_are_those_of_the_marts(opened, demo_query, chosen):
    for name, value in chosen.items():
        label = value if name == "period" else None
        opened.select_option(
            f"select[name={name}]", value=label, label=None if label else value.replace("_", " ")
        )
    where = {
        "period": "last_4_weeks",
        "intent_id": "all",
        "channel": "all",
        "customer_segment": "all",
    } | chosen
    rows = {
        row["metric_id"]: row
        for row in demo_query(
            """
            select * from scorecard
            where period = $period and intent_id = $intent_id and channel = $channel
                and customer_segment = $customer_segment and tier = 'headline'
            """,
            where,
        )
    }
    lines = opened.locator("#metrics tr.line, #folded tr.line").all()
    assert len(lines) >= 3
    words = {"green": "On target", "amber": "Watch", "red": "Off target", "grey": "No rating"}
    for line in lines:
        row = rows.get(line.get_attribute("data-metric"))
        value = line.locator(".value").text_content()
        if row is None:
            assert value == "–"
            continue
        assert close(value, shown(row["value"], row["unit"])), (row["metric_id"], value)
        assert words[row["rating"]] in line.locator(".cell-status").text_content()
        assert row["rating_reason"] in line.locator(".cell-status").text_content()
        assert line.locator(".standing").all_text_contents() == standing(row)
        if row["value"] is not None and row["lower_95"] is not None:
            interval = line.locator(".interval").text_content()
            limits = [shown(row[limit], row["unit"]) for limit in ("lower_95", "upper_95")]
            assert all(map(close, interval.split(" to "), limits)), (row["metric_id"], interval)
        coloured = line.locator(".cell-change .improvement, .cell-change .concern")
        if row["change_signal"] is None:
            assert coloured.count() == 0


def standing(row):
    """Where the interval lies beside the target, as the page says it; [] where there is none."""
    bounds = [row["target"], row["lower_95"], row["upper_95"]]
    if row["value"] is None or None in bounds or row["direction_of_good"] == "none":
        return []
    target, lower, upper = bounds
    good, bad = (lower >= target, upper <= target)
    if row["direction_of_good"] == "down":
        good, bad = bad, good
    return ["met"] if good else ["missed"] if bad else ["too close to call"]


@browser_test
def test_the_process_chart_draws_the_series(opened, demo_query):
    detail = open_first_metric(opened)
    metric = opened.locator("#metrics tr.line").first.get_attribute("data-metric")
    series = demo_query(
        """
        select week_starts_on, value, unit from scorecard_series
        inner join metric_glossary using (metric_id)
        where metric_id = $metric and slice_dimension = 'overall' order by 1
        """,
        {"metric": metric},
    )
    detail.locator("details > summary").first.click()
    rows = detail.locator("details table tbody tr").all()
    assert [row.locator("th").text_content() for row in rows] == [
        str(point["week_starts_on"]) for point in series
    ]
    for row, point in zip(rows, series, strict=True):
        text = row.locator("td").first.text_content()
        assert close(text, shown(point["value"], point["unit"]))
    marks = detail.locator("svg.chart").locator("circle, rect, path.s-worse")
    assert marks.count() == len(series)


@browser_test
def test_names_and_notes_are_text_never_code(page, demo_copy, tmp_path):
    with duckdb.connect(str(demo_copy)) as connection:
        for table, column in [
            ("metric_glossary", "owner"),
            ("metric_glossary", "metric_name"),
            ("metric_glossary", "definition"),
            ("metric_glossary", "inclusion"),
            ("scorecard", "rating_reason"),
            ("scorecard", "rating_changes_with"),
            ("dim_releases", "release_id"),
            ("metric_process_charts", "rebase_reason"),
            *[
                ("alerts", column)
                for column in [
                    "metric_id",
                    "source",
                    "slice_dimension",
                    "slice_value",
                    "size_unit",
                    "reason",
                    "owner",
                    "runbook",
                ]
            ],
            ("model_drift_index", "status_reason"),
            *[
                ("fairness_gap", column)
                for column in [
                    "metric_id",
                    "worst_segment_type",
                    "worst_segment",
                    "best_segment",
                    "standardisation_effect",
                    "verdict",
                ]
            ],
            *[
                ("release_verdicts", column)
                for column in ["release_id", "control_release_id", "verdict", "reason", "owner"]
            ],
        ]:
            connection.execute(f"update {table} set {column} = ?", [EVIL])
        connection.execute(
            "update model_drift_index set slice_value = ? where slice_value = 'v4'", [EVIL]
        )
        for table in ["scorecard", "scorecard_composite_parts"]:
            connection.execute(
                f"update {table} set intent_id = ? where intent_id = 'pay_bill'", [EVIL]
            )
    file = tmp_path / "evil.html"
    file.write_text(render(marts.read(demo_copy)), encoding="utf-8")
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    page.goto(file.as_uri())
    page.select_option("select[name=intent_id]", index=1)
    detail = open_first_metric(page)
    for fold in page.locator("details.fold:not([hidden]) > summary").all():
        fold.click()
    page.locator("#watch details > summary").click()
    assert page.evaluate("window.hacked") is None
    assert dialogs == []
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert EVIL in detail.text_content()
    assert page.locator("#watch").text_content().count(EVIL) > 100
    assert EVIL in page.locator("#metrics tr.monitor").first.text_content()
    assert EVIL in page.locator("select[name=intent_id]").text_content().replace(" ", " ")


# --- what the monitoring marts say ----------------------------------------------------------------


def table_of(page, name):
    """{heading: text} of each row of a table of the section; a small line comes after a bar."""
    region = page.locator(f"#watch [role=region][aria-label='{name}']")
    if not region.count():
        return []
    return region.evaluate(
        """
        region => {
            const heads = [...region.querySelectorAll("thead th")].map((h) => h.textContent);
            const text = (cell) => {
                const small = cell.querySelector("small");
                const all = cell.textContent;
                const below = small ? small.textContent : "";
                return below ? `${all.slice(0, all.length - below.length)}|${below}` : all;
            };
            return [...region.querySelectorAll("tbody tr")].map((row) =>
                Object.fromEntries([...row.children].map((cell, i) => [heads[i], text(cell)])));
        }
        """
    )


def opened_copy(page, database, folder):
    """The page of a changed database, in the browser."""
    file = folder / "changed.html"
    file.write_text(render(marts.read(database)), encoding="utf-8")
    page.goto(file.as_uri())
    return page


def named(row):
    """A measure or metric as the page calls it."""
    return row["metric_name"] or row["metric_id"].replace("_", " ").capitalize()


def difference(value, unit):
    """How a reader expects a difference to be written."""
    sign = "−" if value < 0 else "+"
    if unit == "share":
        return f"{sign}{100 * abs(value):.1f} pt"
    return sign + shown(abs(value), unit)


@browser_test
def test_the_header_counts_open_alerts_and_opens_them(opened, demo_query):
    [counted] = demo_query(
        """
        select count(*) filter (severity = 1) as one, count(*) filter (severity = 2) as two,
            count(*) filter (severity = 3) as three
        from alerts where is_open
        """
    )
    assert counted["one"] > 0 and counted["two"] > 0 and counted["three"] > 0
    assert opened.locator("#open-alerts").text_content() == (
        f"{counted['one']} open alert{'s' if counted['one'] > 1 else ''} of severity 1, "
        f"{counted['two']} of severity 2, {counted['three']} of severity 3"
    )
    harm = demo_query("select slice_value from alerts where is_open and severity = 1")
    urgent = opened.locator("#urgent").text_content()
    assert urgent.count(" · ") == min(len(harm), 4) - 1
    assert all(row["slice_value"] in urgent for row in harm[:1])
    assert opened.locator("#watch").get_attribute("open") is None
    opened.keyboard.press("Tab")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert opened.locator("#watch").get_attribute("open") is not None
    assert opened.evaluate("document.activeElement.parentElement.id") == "watch"
    assert opened.locator("#watch > summary").is_visible()
    opened.keyboard.press("Enter")
    assert opened.locator("#watch").get_attribute("open") is None


@browser_test
def test_the_alerts_are_those_of_the_mart(opened, demo_query):
    open_watch(opened)
    sql = """
        select alerts.*, metric_name from alerts left join metric_glossary using (metric_id)
        where {} order by severity, first_seen, alert_id
    """
    weeks_26 = """severity = 1 and not is_open and ended_on >= (
        select max(week_starts_on) from scorecard_series) - 182"""
    for name, condition in [
        ("Open alerts", "is_open and severity < 3"),
        ("Open alerts of severity 3", "is_open and severity = 3"),
        ("Closed alerts of severity 1", weeks_26),
    ]:
        rows, lines = demo_query(sql.format(condition)), table_of(opened, name)
        assert rows and len(lines) == len(rows), name
        for row, line in zip(rows, lines, strict=True):
            assert line["Severity"] == f"Severity {row['severity']}"
            source = row["source"].replace("_", " ").capitalize()
            assert line["What"] == f"{named(row)}|{source}"
            where = line["Where"]
            assert where == "everywhere" or row["slice_value"].replace("_", " ") in where
            assert (where == "everywhere") == (row["slice_dimension"] == "overall")
            assert line["Since"].startswith(str(row["first_seen"]))
            if not row["is_open"]:
                assert line["Since"].endswith(f"|ended {row['ended_on']}")
            elif row["last_seen"] != row["first_seen"]:
                assert line["Since"].endswith(f"|last seen {row['last_seen']}")
            size, _, unit = line["Size"].partition("|")
            if row["size_unit"] in ("share", "seconds", "usd"):
                assert close(size, difference(row["size"], row["size_unit"])), (row, size)
            elif row["size_unit"] == "shortfall (share)":
                assert close(size, shown(row["size"], "share")) and unit == "shortfall"
            else:
                assert float(size) == pytest.approx(row["size"], abs=0.006)
                assert unit == row["size_unit"].replace("_", " ")
            assert line["Owner"] == row["owner"]
            assert line["Reason"].startswith(row["reason"])
            runbook = row["runbook"].split("#")[1].replace("-", " ")
            assert line["Reason"].endswith(f"|Runbook: {runbook}")


@browser_test
def test_a_closed_alert_of_severity_1_leaves_after_26_weeks(page, demo_copy, tmp_path):
    with duckdb.connect(str(demo_copy)) as connection:
        connection.execute("delete from alerts where severity <> 1 or is_open")
        connection.execute(
            """
            update alerts set ended_on = (select max(week_starts_on) from scorecard_series)
                - case when source = 'release' then 182 else 183 end,
                first_seen = '2025-01-01', last_seen = '2025-01-01'
            """
        )
    open_watch(opened_copy(page, demo_copy, tmp_path))
    [line] = table_of(page, "Closed alerts of severity 1")
    assert line["What"].endswith("|Release")


@browser_test
def test_drift_is_that_of_the_latest_week_that_is_ok(page, demo_copy, tmp_path):
    with duckdb.connect(str(demo_copy)) as connection:
        connection.execute(
            """
            update model_drift_index set status = 'degraded', status_reason = 'too few'
            where slice_value = 'all'
                and week_starts_on = (select max(week_starts_on) from model_drift_index)
            """
        )
    rows = query(demo_copy, "select * from model_drift_index order by week_starts_on")
    found = {}
    for row in rows:
        of_slice = found.setdefault((row["slice_dimension"], row["slice_value"]), {})
        of_slice.setdefault(str(row["week_starts_on"]), {})[row["metric_id"]] = row
    opened = opened_copy(page, demo_copy, tmp_path)
    open_watch(opened)
    lines = table_of(opened, "Model drift index")
    assert len(lines) == len(found) >= 3
    for line in lines:
        name = line["Of"].removeprefix("Release ")
        key = ("overall", "all") if line["Of"] == "Everything" else ("release_id", name)
        weeks = found[key]
        fine = [w for w, kinds in weeks.items() if kinds["model_drift_index"]["status"] == "ok"]
        week = max(fine or weeks)
        assert line["Week from"] == week
        index = weeks[week]["model_drift_index"]
        value, _, reason = line["All monitors"].partition("|")
        assert float(value) == pytest.approx(index["value"], abs=0.051)
        assert reason == (index["status_reason"] or "")
        assert float(line["Of it worse"]) == pytest.approx(index["worse_value"], abs=0.051)
        assert line["Monitors that signal"] == f"{index['signals']} of {index['monitors']}"
        for head, kind in [("Inputs", "input"), ("Performance", "performance")]:
            part = weeks[week][f"model_drift_index_{kind}"]
            if part["value"] is None:
                assert line[head] == part["status_reason"]
            else:
                assert float(line[head]) == pytest.approx(part["value"], abs=0.051)
    whole = opened.locator("#metrics tr.monitor[data-metric=model_drift_index]")
    assert whole.locator(".value").text_content() == lines[0]["All monitors"]
    assert whole.locator(".interval").text_content() == f"{lines[0]['Of it worse']} of it worse"


@browser_test
def test_fairness_is_that_of_the_mart_and_its_worst_is_a_line(opened, demo_query):
    rows = demo_query(
        """
        select fairness_gap.*, metric_name
        from fairness_gap left join metric_glossary using (metric_id) where segment_type = 'all'
        """
    )
    open_watch(opened)
    lines = {line["Measure"]: line for line in table_of(opened, "Fairness gap")}
    assert len(lines) == len(rows) == 5
    words = {"breach": "Breach", "watch": "Watch", "ok": "No breach"}
    for row in rows:
        line = lines[named(row)]
        gap, limits = line["Gap (95% CI)"].split("|")
        crude, effect = line["Crude gap"].split("|")
        assert line["Verdict"] == words[row["verdict"]]
        kind = row["worst_segment_type"].replace("_", " ")
        assert line["Worst segment"] == f"{kind} {row['worst_segment']}"
        assert line["Best segment"] == row["best_segment"]
        assert close(gap, shown(row["value"], "share"))
        expected = [shown(row[limit], "share") for limit in ("lower_95", "upper_95")]
        assert all(map(close, limits.split(" to "), expected))
        assert close(crude, shown(row["crude_value"], "share"))
        assert effect == f"{row['standardisation_effect']} for equal intents"
    breaches = [row for row in rows if row["verdict"] == "breach"]
    worst = max(breaches, key=lambda row: row["value"])
    line = opened.locator("#metrics tr.monitor[data-metric=fairness_gap]")
    assert line.locator(".cell-status").text_content() == "Breach"
    assert close(line.locator(".value").text_content(), shown(worst["value"], "share"))
    assert (
        line.locator("small")
        .first.text_content()
        .startswith(
            f"{named(worst)}: {worst['worst_segment']} is served worse than {worst['best_segment']}"
        )
    )
    assert f"{len(breaches)} of 5 measures in breach" in line.text_content()


@browser_test
def test_the_verdicts_are_those_of_the_mart(opened, demo_query):
    rows = demo_query(
        """
        select release_verdicts.*, metric_name, unit
        from release_verdicts left join metric_glossary using (metric_id)
        order by deployed_at desc
        """
    )
    open_watch(opened)
    lines = table_of(opened, "Verdicts on releases")
    for row, line in zip(rows, lines, strict=True):
        release, _, rolled_back = line["Release"].partition("|")
        assert release == row["release_id"]
        gone = row["rolled_back_at"]
        assert rolled_back == (f"rolled back {gone.date()}" if gone else "")
        assert line["Live from"] == str(row["deployed_at"].date())
        assert line["Verdict"].lower() == row["verdict"]
        assert (line["Owner"], line["Reason"]) == (row["owner"] or "–", row["reason"])
        assert line["Since"] == str(row["first_seen_on"])
        if row["effect"] is None:
            assert line["Difference (95% CI)"] == line["Decided by"] == "–"
            continue
        assert line["Decided by"] == f"{row['metric_name']}|against {row['control_release_id']}"
        effect, limits = line["Difference (95% CI)"].split("|")
        assert close(effect, difference(row["effect"], row["unit"]))
        expected = [difference(row[limit], row["unit"]) for limit in ("lower_95", "upper_95")]
        assert all(map(close, limits.split(" to "), expected))


@browser_test
def test_a_gap_in_breach_comes_before_a_larger_one_that_is_not(page, demo_copy, tmp_path):
    with duckdb.connect(str(demo_copy)) as connection:
        connection.execute(
            "update fairness_gap set value = 0.9, verdict = 'watch' where metric_id = 'survey_csat'"
        )
    opened = opened_copy(page, demo_copy, tmp_path)
    open_watch(opened)
    verdicts = [line["Verdict"] for line in table_of(opened, "Fairness gap")]
    assert verdicts == ["Breach", "Breach", "Watch", "No breach", "No breach"]
    line = opened.locator("#metrics tr.monitor[data-metric=fairness_gap]")
    assert line.locator(".cell-status").text_content() == "Breach"


@browser_test
def test_fairness_and_drift_have_the_owner_of_their_marts(opened, project_root):
    for mart in ("fairness_gap", "model_drift_index"):
        file = project_root / f"models/marts/monitoring/{mart}.yml"
        [model] = yaml.safe_load(file.read_text("utf-8"))["models"]
        line = opened.locator(f"#metrics tr.monitor[data-metric={mart}]")
        assert line.locator(".cell-owner").text_content() == model["config"]["meta"]["owner"]


@browser_test
def test_a_line_of_fairness_leads_to_its_table_and_ignores_filters(opened):
    line = opened.locator("#metrics tr.monitor[data-metric=fairness_gap]")
    value = line.locator(".value").text_content()
    opened.select_option("select[name=channel]", label="chat")
    assert line.locator(".value").text_content() == value
    assert "all slices, whatever the filter" in line.text_content()
    line.locator("a").press("Enter")
    assert opened.locator("#watch").get_attribute("open") is not None
    assert opened.evaluate("document.activeElement.id") == "watch-fairness"
    top = opened.locator("#watch-fairness").bounding_box()["y"]
    assert 0 <= top < opened.viewport_size["height"]


@browser_test
@pytest.mark.parametrize("rows", ["empty", "not_computable"])
def test_nothing_to_watch_is_said(page, demo_copy, tmp_path, rows):
    with duckdb.connect(str(demo_copy)) as connection:
        connection.execute("delete from alerts")
        if rows == "empty":
            for table in ("fairness_gap", "model_drift_index", "release_verdicts"):
                connection.execute(f"delete from {table}")
        else:
            connection.execute(
                """
                update fairness_gap set value = null, lower_95 = null, upper_95 = null,
                    crude_value = null, verdict = null, worst_segment_type = null,
                    worst_segment = null, best_segment = null, standardisation_effect = null,
                    status = 'not_computable', status_reason = 'no two lawful segments'
                """
            )
            connection.execute(
                """
                update model_drift_index set value = null, worse_value = null, monitors = 0,
                    signals = 0, status = 'not_computable', status_reason = 'too few units'
                """
            )
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    opened_copy(page, demo_copy, tmp_path)
    assert page.locator("#open-alerts").text_content() == "No open alerts"
    assert page.locator("#urgent").is_hidden()
    text = open_watch(page).text_content()
    assert "No open alerts." in text and "None." in text
    fairness, drift = page.locator("#metrics tr.monitor").all()
    reasons = (
        ("no row in the mart", "no row in the mart")
        if rows == "empty"
        else ("no two lawful segments", "too few units")
    )
    for line, reason in zip((fairness, drift), reasons, strict=True):
        assert line.locator(".value").text_content() == "–"
        assert line.locator(".interval").text_content() == reason
        assert line.locator(".cell-status").text_content() == "No rating"
    if rows == "empty":
        for sentence in ("No releases.", "No week is monitored yet.", "No measure is compared."):
            assert sentence in text
    else:
        assert text.count("no two lawful segments") == 5
        assert "too few units" in text
    assert "NaN" not in page.locator("body").inner_text()
    assert violations(page) == []
    assert errors == []
