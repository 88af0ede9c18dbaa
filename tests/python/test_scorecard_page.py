"""The scorecard page: what it holds, and how it behaves in a real browser."""

import json
import re

import duckdb
import pytest
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
    # 41 metrics now; the rest leaves room for ten more headline metrics.
    assert size < MEGABYTES_2, size


# --- the browser --------------------------------------------------------------------------------


@pytest.fixture
def opened(page, page_file):
    page.goto(page_file.as_uri())
    return page


def open_first_metric(page):
    page.locator("#metrics .metric button").first.click()
    return page.locator("#metrics tr.detail:not([hidden])")


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
    assert violations(opened) == []


@browser_test
@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_no_sideways_scrolling(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    open_first_metric(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@browser_test
def test_filters_and_drill_down_by_keyboard(opened, data):
    everything = opened.locator("#metrics .line .value").all_text_contents()
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Skip to the metrics"
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
    heights = opened.locator("#metrics tr.line").evaluate_all(
        "rows => rows.map((row) => row.getBoundingClientRect().height)"
    )
    assert len(heights) > 10
    assert max(heights) < 1.15 * min(heights), heights


@browser_test
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_prints_on_one_landscape_page(opened, paper):
    open_first_metric(opened)
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
        if row["value"] is not None and row["lower_95"] is not None:
            interval = line.locator(".interval").text_content()
            limits = [shown(row[limit], row["unit"]) for limit in ("lower_95", "upper_95")]
            assert all(map(close, interval.split(" to "), limits)), (row["metric_id"], interval)
        coloured = line.locator(".cell-change .improvement, .cell-change .concern")
        if row["change_signal"] is None:
            assert coloured.count() == 0


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
        ]:
            connection.execute(f"update {table} set {column} = ?", [EVIL])
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
    assert page.evaluate("window.hacked") is None
    assert dialogs == []
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert EVIL in detail.text_content()
    assert EVIL in page.locator("select[name=intent_id]").text_content().replace(" ", " ")
