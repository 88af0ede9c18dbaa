"""The page of findings: its numbers against other queries of the same builds."""

import re

import numpy as np
import pytest
from dbt_helpers import PROJECT_ROOT, query
from findings.intervals import paired_difference, proportion, ratio
from findings.marts import label, read
from findings.page import render
from scipy import stats
from staging_harness import real_data
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

PAGE = PROJECT_ROOT / "docs" / "findings.md"


@pytest.fixture(scope="module")
def tau2(built_world):
    return built_world({"cx_systems": ["tau2"], "cx_tau2_path": str(real_data("tau2_bench"))})


@pytest.fixture(scope="module")
def tickets(built_world):
    path = str(real_data("volvo_bpi2013/incidents.csv.gz"))
    return built_world({"cx_systems": ["tickets"], "cx_tickets_path": path})


def table(first_heading, skip=0):
    """Cells of the page's table whose header row starts with the given heading(s)."""
    blocks = re.findall(r"(?m)(?:^\|.*\n)+", PAGE.read_text(encoding="utf-8"))
    found = [b for b in blocks if b.startswith(f"| {first_heading} |")]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in found[skip].splitlines()[2:]
    ]


def leading(cell):
    """The number that a cell starts with; None where it is not computable."""
    return None if cell == "not computable" else float(cell.split()[0])


def limits(cell):
    """Both limits of a cell `value (lower to upper)`."""
    return tuple(float(x) for x in re.search(r"\(([-+.\d]+) to ([-+.\d]+)\)", cell).groups())


def by_model(database, metric, key, where="true"):
    """{(key, model): (value, units)} straight from the daily table's source, without customers."""
    found = query(
        database,
        f"""
        select
            {key} as key, base.agent_model as model,
            sum(m.weight * m.numerator) / nullif(sum(m.weight * m.denominator), 0) as value,
            cast(sum(m.weight) as bigint) as n
        from metric_{metric} as m
        inner join fct_journeys as j on m.customer_id = j.customer_id
        inner join base_tau2__conversations as base
            on j.first_interaction_id = 'tau2:' || base.interaction_id
        where {where}
        group by all
        """,
    )
    return {(r["key"], label(r["model"])): (r["value"], r["n"]) for r in found}


def assert_columns(cells, expected, n_column, value_column, scale=100, digits=1):
    assert len(cells) == len({(row[0], row[1]) for row in cells})
    for row in cells:
        value, n = expected[row[0], row[1]]
        assert int(row[n_column]) == n
        if value is None:
            assert row[value_column] == "not computable"
        else:
            assert leading(row[value_column]) == pytest.approx(
                scale * value, abs=0.51 * 10**-digits
            )


@pytest.mark.slow
def test_the_committed_page_is_the_one_of_the_build(tau2, tickets):
    for name, text in render(read(tau2, tickets)).items():
        path = PAGE if name == "page.md" else PAGE.parent / name
        assert path.read_text(encoding="utf-8") == text, name


@pytest.mark.slow
def test_tables_by_domain_and_model(tau2):
    containment, declared, cost = (table("Domain", skip) for skip in range(3))
    assert len(containment) == len(declared) == len(cost) == 9
    for metric, cells, columns, form in (
        ("containment_rate_vendor", containment, (2, 3), {}),
        ("containment_rate", containment, (2, 4), {}),
        ("resolution_accuracy", declared, (2, 3), {}),
        ("resolution_precision", declared, (4, 5), {}),
        ("cost_per_resolved_intent", cost, (2, 3), {"scale": 1, "digits": 4}),
        ("bot_sla_adherence", cost, (4, 5), {}),
    ):
        assert_columns(cells, by_model(tau2, metric, "base.domain"), *columns, **form)


@pytest.mark.slow
def test_intervals_are_those_of_metric_estimates_where_it_has_the_slice(tau2):
    """Models that ran in one domain only: the slice by release is that of domain and model."""
    found = query(
        tau2,
        "select metric_id, slice_value as model, lower_95, upper_95 from metric_estimates"
        " where period = 'all' and slice_dimension = 'release_id'",
    )
    expected = {(r["metric_id"], r["model"]): (r["lower_95"], r["upper_95"]) for r in found}
    containment, declared, cost = (table("Domain", skip) for skip in range(3))
    checked = 0
    for metric, cells, column, scale, error in (
        ("containment_rate_vendor", containment, 3, 100, 0.051),
        ("containment_rate", containment, 4, 100, 0.051),
        ("resolution_accuracy", declared, 3, 100, 0.051),
        ("cost_per_resolved_intent", cost, 3, 1, 0.000051),
    ):
        for row in cells:
            if row[1] in ("claude-opus-4-6", "claude-sonnet-4-5", "gpt-4o"):
                scaled = [scale * x for x in expected[metric, row[1]]]
                assert limits(row[column]) == pytest.approx(scaled, abs=error), (metric, row)
                checked += 1
    assert checked == 12


@pytest.mark.slow
def test_silent_failure_is_not_computable_where_no_customer_is_seen_again(tau2):
    """A zero of simulated customers would be praise for the absence of a sensor."""
    rows = query(
        tau2,
        "select value, n, eligible_n, status, status_reason from metric_estimates"
        " where metric_id = 'silent_failure_rate' and period = 'all'"
        " and slice_dimension <> 'customer_segment'",
    )
    assert max(row["eligible_n"] for row in rows) == 225
    assert {(r["value"], r["n"], r["status"], r["status_reason"]) for r in rows} == {
        (None, 0, "not_computable", "no identity_links")
    }


@pytest.mark.slow
def test_table_by_persona(tau2):
    cells = table("Persona")
    key = "coalesce(base.persona, 'none given')"
    for metric, column in (("containment_rate_vendor", 3), ("containment_rate", 4)):
        expected = by_model(tau2, metric, key, "base.domain = 'telecom'")
        assert len(cells) == len(expected)
        assert_columns(cells, expected, 2, column)
        for row in cells:
            value, n = expected[row[0], row[1]]
            reference = proportion_confint(value * n, n, method="wilson")
            assert limits(row[column]) == pytest.approx([100 * x for x in reference], abs=0.051)


def judged(conversation):
    """{metric of the page: did the release get this conversation right (None: does not count)}."""
    c = conversation
    declared = c["termination_reason"] in ("user_stop", "agent_stop")
    resolved = c["is_passed"] and not (c["expects_transfer"] and c["is_transferred"])
    contained = c["is_passed"] and not c["is_transferred"] and declared
    return {
        "Containment, vendor's count": not c["is_transferred"] if c["is_automatable"] else None,
        "Audited containment": contained if c["is_automatable"] else None,
        "Resolution accuracy": (not c["is_transferred"]) == resolved if declared else None,
    }


@pytest.mark.slow
def test_table_of_the_release_comparison(tau2):
    """Every number of it from the conversations, paired in Python, with peer libraries."""
    found = query(
        tau2,
        """
        select b.*
        from base_tau2__conversations as b
        inner join fct_interactions as i on i.interaction_id = 'tau2:' || b.interaction_id
        where i.is_engaged
        """,
    )
    sides = {True: {}, False: {}}
    for c in (c for c in found if "gpt-4.1" in c["agent_model"]):
        key = (c["domain"], c["task_id"], c["trial"])
        sides[c["agent_model"].startswith("ft:")][key] = judged(c)
    assert sides[True].keys() == sides[False].keys()
    cells = [row for row in table("Metric") if len(row) == 9]
    assert len(cells) == 12
    for name, domain, *numbers in cells:
        pairs = [
            (sides[False][key][name], after[name])
            for key, after in sides[True].items()
            if domain in ("all", key[0]) and None not in (after[name], sides[False][key][name])
        ]
        before, after = np.array(pairs, dtype=float).T
        gained, lost = int(sum(after > before)), int(sum(after < before))
        assert [int(numbers[i]) for i in (0, 4, 5)] == [len(pairs), gained, lost]
        assert [leading(x) for x in numbers[1:4]] == pytest.approx(
            [100 * before.mean(), 100 * after.mean(), 100 * (after - before).mean()], abs=0.051
        )
        expected = stats.ttest_rel(after, before).confidence_interval()
        assert limits(numbers[3]) == pytest.approx([100 * x for x in expected], abs=0.051)
        p_value = mcnemar([[0, lost], [gained, 0]], exact=True).pvalue
        assert float(numbers[6]) == pytest.approx(p_value, abs=0.000051)


@pytest.mark.slow
def test_tables_of_the_tickets(tickets):
    cases = query(
        tickets,
        """
        select case_id, contact_number, completed_by, reopened_at is not null as reopened
        from base_tickets__contacts where contact_number = 1
        """,
    )
    moves = query(
        tickets,
        "select case_id, contact_number as c,"
        " previous_line_number as p, line_number as l from base_tickets__stints"
        " where previous_line_number is not null",
    )
    up = {m["case_id"] for m in moves if m["l"] > m["p"]}
    first = {m["case_id"] for m in moves if m["l"] > m["p"] and m["c"] == 1}
    down = {m["case_id"] for m in moves if m["l"] < m["p"]}
    completed = {c["case_id"] for c in cases if c["completed_by"]}
    call = {c["case_id"] for c in cases if c["completed_by"] == "resolved_in_call"}
    again = {c["case_id"] for c in cases if c["reopened"]}
    everybody = {c["case_id"] for c in cases}
    expected = [
        (call, everybody), (call - again, everybody), ({m["case_id"] for m in moves}, everybody),
        (up, everybody), (up & down, up), (completed & again, completed), (call & again, call),
        ((completed - call) & again, completed - call),
        (first & completed & again, first & completed),
        ((completed - first) & again, completed - first),
    ]  # fmt: skip
    cells = table("Share of cases")
    assert [(int(r[1]), int(r[2])) for r in cells] == [(len(a), len(b)) for a, b in expected]
    for row in cells:
        part, whole = int(row[1]), int(row[2])
        assert leading(row[3]) == pytest.approx(100 * part / whole, abs=0.051)
        reference = [100 * x for x in proportion_confint(part, whole, method="wilson")]
        assert limits(row[3]) == pytest.approx(reference, abs=0.051)
    lines = [[int(cell) for cell in row] for row in table("From line")]
    for p, to, count, distinct in lines:
        chosen = [m["case_id"] for m in moves if (m["p"], m["l"]) == (p, to)]
        assert (count, distinct) == (len(chosen), len(set(chosen)))
    assert sum(row[2] for row in lines) == len(moves)
    assert "65,533 events of 7,554 cases" in PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_table_of_ticket_metrics(tickets):
    found = query(
        tickets,
        "select g.metric_name as name, e.* from metric_estimates as e"
        " inner join metric_glossary as g on e.metric_id = g.metric_id"
        " where e.period = 'all' and e.slice_dimension = 'overall'",
    )
    expected = {r["name"]: r for r in found}
    cells = table("Metric", skip=1)
    assert len(cells) == 5
    for name, n, value, status in cells:
        row = expected[name]
        scale = 100 if row["unit"] == "share" else 1 / 3600
        assert int(n) == row["n"] and status.split(":")[0] == row["status"]
        assert leading(value) == pytest.approx(scale * row["value"], abs=0.051)


def test_proportion_is_the_textbook_interval():
    found = proportion([(1, 1)] * 8 + [(0, 1)] * 23)
    assert (found.lower, found.upper) == pytest.approx(
        proportion_confint(8, 31, method="wilson"), abs=1e-12
    )


def test_a_share_of_nothing_has_a_width():
    found = proportion([(0, 1)] * 225)
    assert (found.value, found.lower) == (0, 0)
    assert found.upper == pytest.approx(1 - 0.05 ** (1 / 225))


def test_repeats_of_a_customer_widen_the_interval():
    independent = proportion([(1, 1), (0, 1)] * 40)
    clustered = proportion([(4, 4), (0, 4)] * 10)
    assert clustered.value == independent.value == 0.5
    assert clustered.upper - clustered.lower > independent.upper - independent.lower


def test_a_paired_difference_against_a_peer_library():
    pairs = [(0, 1)] * 9 + [(1, 0)] * 2 + [(1, 1)] * 12 + [(0, 0)] * 5
    found = paired_difference(pairs)
    assert found["p_value"] == pytest.approx(mcnemar([[12, 2], [9, 5]], exact=True).pvalue)
    assert found["estimate"].value == pytest.approx(7 / 28)


def test_no_change_at_all_claims_no_certainty():
    assert paired_difference([(1, 1)] * 10)["estimate"].lower is None


def test_a_cost_that_nobody_recorded_is_not_zero():
    assert ratio([]).value is None
