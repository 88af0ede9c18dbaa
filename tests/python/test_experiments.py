"""Experiments and roll-outs against statsmodels, scipy and numpy, and worlds of known truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from macros_harness import column
from model_harness import build, render
from scipy import stats
from sqlglot import parse_one
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

RESULTS = ["int_experiment_pairs", "experiment_results"]
KINDS = {"mean": "mean", "share": "proportion", "ratio": "ratio"}


def glossary(metrics):
    return pd.DataFrame(
        {
            "metric_id": list(metrics),
            "kind": list(metrics.values()),
            "owner": "Analytics",
            "non_inferiority_margin": 0.02,
            "direction_of_good": "up",
        }
    )


def results(outcomes, metrics=KINDS, status="ok"):
    """experiment_results of given outcomes by unit."""
    pairs = outcomes[["experiment_id", "arm"]].drop_duplicates()
    integrity = pairs.assign(
        is_control=pairs["arm"] == "control", status=status, status_reason="of the test"
    )
    frames = {
        "int_experiment_outcomes": outcomes,
        "experiment_integrity": integrity,
        "metric_glossary": glossary(metrics),
    }
    return build(RESULTS, frames)


def simulated(rng, experiment_id, n=400, effect=0.0, share_treated=0.5):
    """A mean, a share and a ratio per unit, the past that they depend on, and two arms."""
    is_treated = rng.random(n) < share_treated
    past = rng.normal(10, 3, n)
    visits = 1.0 + rng.poisson(2, n)
    has_past = rng.random(n) < 0.8
    parts = {
        "mean": (past + rng.normal(0, 2, n) + effect * is_treated, np.ones(n)),
        "share": ((rng.random(n) < 0.6 + effect / 10 * is_treated).astype(float), np.ones(n)),
        "ratio": (visits * past / 5 + rng.normal(0, 2, n) + effect * visits * is_treated, visits),
    }
    frames = [
        pd.DataFrame(
            {
                "experiment_id": experiment_id,
                "metric_id": name,
                "unit_id": np.arange(n).astype(str),
                "arm": np.where(is_treated, "treatment", "control"),
                "num": num,
                "den": den,
                "before_num": np.where(has_past, past, 0.0),
                "before_den": np.where(has_past, 1.0, 0.0),
            }
        )
        for name, (num, den) in parts.items()
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(11)
    outcomes = pd.concat([simulated(rng, f"x{i}", effect=0.3 * i) for i in range(4)])
    return outcomes, results(outcomes).set_index(["experiment_id", "metric_id"])


def arms(outcomes, experiment, metric):
    rows = outcomes[(outcomes["experiment_id"] == experiment) & (outcomes["metric_id"] == metric)]
    return rows[rows["arm"] == "treatment"], rows[rows["arm"] == "control"]


def test_difference_of_means_equals_statsmodels(world):
    outcomes, got = world
    for experiment in ("x0", "x1", "x2", "x3"):
        new, old = arms(outcomes, experiment, "mean")
        row = got.loc[experiment, "mean"]
        peer = CompareMeans(DescrStatsW(new["num"]), DescrStatsW(old["num"]))
        lower, upper = peer.tconfint_diff(usevar="unequal")
        assert row["difference"] == pytest.approx(new["num"].mean() - old["num"].mean(), rel=1e-9)
        assert row["standard_error"] == pytest.approx(peer.std_meandiff_separatevar, rel=1e-9)
        assert (row["lower_95"], row["upper_95"]) == pytest.approx((lower, upper), abs=1e-6)


def test_difference_of_shares_is_newcombe(world):
    outcomes, got = world
    new, old = arms(outcomes, "x1", "share")
    row = got.loc["x1", "share"]
    peer = confint_proportions_2indep(
        new["num"].sum(), len(new), old["num"].sum(), len(old), method="newcomb"
    )
    assert (row["lower_95"], row["upper_95"]) == pytest.approx(peer, abs=1e-9)


def linearised(rows, value=None, mean_den=None):
    """What each unit adds to its arm's ratio: (num - value den) / mean den."""
    value = rows["num"].sum() / rows["den"].sum() if value is None else value
    mean_den = rows["den"].mean() if mean_den is None else mean_den
    return (rows["num"] - value * rows["den"]) / mean_den


def test_ratios_by_the_delta_method(world):
    """The textbook form with variances and covariance, and statsmodels' weighted regression."""
    outcomes, got = world
    for experiment in ("x0", "x3"):
        new, old = arms(outcomes, experiment, "ratio")
        row, variance, value = got.loc[experiment, "ratio"], [], []
        for side in (new, old):
            cov = np.cov(side["num"], side["den"])
            mean, den = side["num"].mean(), side["den"].mean()
            value.append(mean / den)
            variance.append(
                (cov[0, 0] - 2 * mean / den * cov[0, 1] + (mean / den) ** 2 * cov[1, 1])
                / den**2
                / len(side)
            )
        assert row["value"] == pytest.approx(value[0], rel=1e-12)
        assert row["standard_error"] == pytest.approx(np.sqrt(sum(variance)), rel=1e-9)
        # A ratio of sums is the mean of num / den weighted by den; its robust error is the delta
        # method's without the small-sample correction.
        fit = smf.wls(
            "y ~ 1", new.assign(y=new["num"] / new["den"]), weights=new["den"].to_numpy()
        ).fit(cov_type="HC0")
        n = len(new)
        assert np.sqrt(variance[0]) == pytest.approx(
            fit.bse.iloc[0] * np.sqrt(n / (n - 1)), rel=1e-9
        )
        # Relative difference: gradient of value / control - 1.
        gradient = np.array([1 / value[1], -value[0] / value[1] ** 2])
        relative_error = np.sqrt(gradient**2 @ np.array(variance))
        width = (row["relative_upper_95"] - row["relative_lower_95"]) / 2
        critical = (row["upper_95"] - row["lower_95"]) / 2 / row["standard_error"]
        assert row["relative_difference"] == pytest.approx(value[0] / value[1] - 1, rel=1e-9)
        assert width / critical == pytest.approx(relative_error, rel=1e-6)


@pytest.mark.parametrize("metric", ["mean", "share", "ratio"])
def test_cuped_equals_numpy(world, metric):
    """theta from both arms together; the arms' own variances of the adjusted outcome."""
    outcomes, got = world
    for experiment in ("x0", "x2"):
        new, old = arms(outcomes, experiment, metric)
        both = pd.concat([new, old])
        before = both["before_num"].sum() / both["before_den"].sum()
        past = {id(s): s["before_num"] - before * s["before_den"] for s in (new, old, both)}
        cov = np.cov(linearised(both), past[id(both)])
        theta = cov[0, 1] / cov[1, 1]
        row = got.loc[experiment, metric]
        assert row["cuped_theta"] == pytest.approx(theta, abs=1e-9)
        gap = past[id(new)].mean() - past[id(old)].mean()
        assert row["cuped_difference"] == pytest.approx(row["difference"] - theta * gap, abs=1e-9)
        variance = sum(
            (linearised(side) - theta * past[id(side)]).var(ddof=1) / len(side)
            for side in (new, old)
        )
        assert row["cuped_standard_error"] == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_cuped_of_a_mean_is_the_regression_on_the_past():
    """Without arms' differences in the past the slope is that of statsmodels' OLS."""
    rng = np.random.default_rng(3)
    outcomes = simulated(rng, "x", n=2000, effect=0)
    row = results(outcomes).set_index("metric_id").loc["mean"]
    rows = outcomes[outcomes["metric_id"] == "mean"]
    before = rows["before_num"].sum() / rows["before_den"].sum()
    data = rows.assign(x=rows["before_num"] - before * rows["before_den"])
    fit = smf.ols("num ~ x", data).fit()
    assert row["cuped_theta"] == pytest.approx(fit.params["x"], rel=1e-9)
    assert row["variance_reduction"] == pytest.approx(fit.rsquared, abs=0.01)
    assert row["variance_reduction"] > 0.4


def test_q_values_are_those_of_benjamini_and_hochberg(world):
    _, got = world
    for _, rows in got.groupby(level="experiment_id"):
        z = rows["cuped_difference"] / rows["cuped_standard_error"]
        p = 2 * stats.norm.sf(np.abs(z))
        assert rows["p_value"].to_numpy() == pytest.approx(p, rel=2e-7)
        assert rows["q_value"].to_numpy() == pytest.approx(
            multipletests(rows["p_value"], method="fdr_bh")[1], abs=1e-12
        )


def test_sequential_limits_are_wider_and_of_the_published_form(world):
    _, got = world
    n = 4 * got["n"] * got["control_n"] / (got["n"] + got["control_n"])
    rho2 = (-2 * np.log(0.05) + np.log(1 - 2 * np.log(0.05))) / 1000
    scale = n * rho2 + 1
    width = got["cuped_standard_error"] * np.sqrt(
        2 * scale / (n * rho2) * np.log(np.sqrt(scale) / 0.05)
    )
    wanted = (got["cuped_difference"] - width).to_numpy()
    assert got["sequential_lower_95"].to_numpy() == pytest.approx(wanted, rel=1e-9)
    assert (got["sequential_lower_95"] < got["cuped_lower_95"]).all()


def test_small_arms_and_broken_draws_say_so():
    rng = np.random.default_rng(4)
    small = simulated(rng, "small", n=40)
    assert (results(small)["status"] == "not_computable").all()
    assert results(small)[["lower_95", "sequential_lower_95", "verdict"]].isna().all().all()
    broken = results(simulated(rng, "broken"), status="degraded")
    assert (broken["status"] == "degraded").all()
    assert (broken["status_reason"] == "of the test").all()
    assert broken["lower_95"].notna().all()


def judge_null_experiments(worlds):
    """Experiments without effect: how many intervals miss 0, plain, by CUPED and sequentially."""
    rng = np.random.default_rng(worlds)
    outcomes = pd.concat([simulated(rng, f"x{i}") for i in range(worlds)])
    rows = results(outcomes)
    slack = 2.5 * np.sqrt(0.05 * 0.95 / worlds)
    for metric, of_metric in rows.groupby("metric_id"):
        for limits, most in (("", 0.05), ("cuped_", 0.05), ("sequential_", 0.01)):
            missed = (of_metric[f"{limits}lower_95"] > 0) | (of_metric[f"{limits}upper_95"] < 0)
            assert missed.mean() <= most + slack, (metric, limits)
            print(metric, limits, missed.mean())
    found = (rows["q_value"] < 0.05).groupby(rows["experiment_id"]).any()
    assert found.mean() <= 0.05 + slack
    print("any q below 0.05", found.mean())


def test_null_experiments_find_nothing():
    judge_null_experiments(150)


@pytest.mark.validate
def test_many_null_experiments_find_nothing():
    judge_null_experiments(3000)


# --- integrity -----------------------------------------------------------------------------------


def integrity(counts, plan=None):
    """experiment_integrity of {arm: units}."""
    units = pd.DataFrame(
        [(arm, f"{arm}{i}") for arm, n in counts.items() for i in range(n)],
        columns=["arm", "unit_id"],
    ).assign(
        experiment_id="x",
        unit_type="customer",
        assignments=1,
        arms=1,
        assigned_at=pd.Timestamp("2026-01-05"),
    )
    plans = pd.DataFrame(
        [("x", arm, float(share)) for arm, share in (plan or {"other": 1}).items()],
        columns=["experiment_id", "arm", "planned_share"],
    )
    if plan is None:
        plans["experiment_id"] = "another"
    return build(
        ["experiment_integrity"], {"int_experiment_units": units, "experiment_arms": plans}
    ).set_index("arm")


@pytest.mark.parametrize(
    ("counts", "plan"),
    [
        ({"control": 201, "treatment": 248}, None),
        ({"control": 119, "display": 650}, {"control": 15, "display": 85}),
        ({"control": 300, "a": 350, "b": 310, "c": 290}, None),
        ({"control": 10, "a": 40, "b": 55}, {"control": 0.1, "a": 0.4, "b": 0.5}),
    ],
)
def test_sample_ratio_mismatch_equals_scipy(counts, plan):
    got = integrity(counts, plan)
    shares = np.array([(plan or dict.fromkeys(counts, 1))[arm] for arm in counts], float)
    x = np.array(list(counts.values()), float)
    peer = stats.chisquare(x, shares / shares.sum() * x.sum())
    assert got["chi_square"].to_numpy() == pytest.approx(peer.statistic, rel=1e-9)
    assert got["p_value"].to_numpy() == pytest.approx(peer.pvalue, abs=1e-6)
    assert got["status"].eq("degraded").all() == (peer.pvalue < 0.001)


def test_the_published_mismatch():
    """821,588 and 815,482 users of a planned half each: p 1.8e-6 (Kohavi, Tang, Xu 2020, ch. 3)."""
    half = (821_588 + 815_482) / 2
    frame = pd.DataFrame({"x": [(821_588 - half) ** 2 / half + (815_482 - half) ** 2 / half]})
    assert column("{{ sample_ratio_p_value('x', '1') }}", frame)[0] == pytest.approx(
        1.8e-6, rel=0.02
    )


# --- difference-in-differences -------------------------------------------------------------------


def rollout(changes):
    return build(["productivity_rollout"], {"int_rollout_changes": changes}).set_index("scope")


def panel(rng, treated, control, effect=0.0, drift=0.1, cohort="2026-02-02"):
    """Agents' rates before and after a roll-out, with a change that all share."""
    n = treated + control
    is_treated = np.arange(n) < treated
    before = rng.normal(1, 0.2, n)
    change = drift + effect * is_treated + rng.normal(0, 0.15, n)
    return pd.DataFrame(
        {
            "cohort_starts_on": pd.Timestamp(cohort).date(),
            "agent_id": [f"g{i}" for i in range(n)],
            "is_treated": is_treated,
            "rate_before": before,
            "rate_after": before + change,
            "change": change,
            "change_before": rng.normal(0, 0.15, n),
        }
    )


def long_form(changes):
    """One row per cohort, agent and phase, for regression."""
    rows = pd.concat(
        [
            changes.assign(rate=changes["rate_before"], after=0),
            changes.assign(rate=changes["rate_after"], after=1),
        ]
    )
    rows["stack"] = rows["cohort_starts_on"].astype(str)
    return rows.assign(effect=rows["is_treated"].astype(int) * rows["after"])


def test_one_cohort_equals_clustered_regression():
    """statsmodels OLS with effects of agent and phase, errors clustered by agent."""
    changes = panel(np.random.default_rng(6), 14, 20, effect=0.2)
    got = rollout(changes).loc["cohort"]
    rows = long_form(changes)
    groups = rows["agent_id"].astype("category").cat.codes
    fit = smf.ols("rate ~ C(agent_id) + after + effect", rows).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    assert got["effect"] == pytest.approx(fit.params["effect"], abs=1e-9)
    assert got["standard_error"] == pytest.approx(fit.bse["effect"] * np.sqrt(34 / 33), abs=1e-9)
    critical = stats.t.ppf(0.975, 32)
    assert got["effect_lower_95"] == pytest.approx(
        got["effect"] - critical * got["standard_error"], abs=1e-6
    )
    # The placebo before the roll-out is the same regression of the earlier weeks.
    new, old = changes[changes["is_treated"]], changes[~changes["is_treated"]]
    gap = new["change_before"].mean() - old["change_before"].mean()
    assert got["pre_trend"] == pytest.approx(gap, abs=1e-12)
    variance = new["change_before"].var(ddof=0) / 14 + old["change_before"].var(ddof=0) / 20
    width = critical * np.sqrt(variance * 34 / 33)
    assert got["pre_trend_upper_95"] == pytest.approx(gap + width, abs=1e-6)


def test_pooled_cohorts_equal_a_stacked_regression():
    """Three cohorts of equal balance whose controls overlap, stacked: errors clustered by agent."""
    rng = np.random.default_rng(7)
    cohorts = []
    for i, cohort in enumerate(("2026-02-02", "2026-03-02", "2026-04-06")):
        rows = panel(rng, 6, 12, effect=0.1 * i, drift=0.05 * i, cohort=cohort)
        # The controls are the same agents in each cohort; a cohort's treated ones are its own.
        rows["agent_id"] = np.where(
            rows["is_treated"], rows["agent_id"] + f"@{i}", rows["agent_id"]
        )
        cohorts.append(rows)
    changes = pd.concat(cohorts, ignore_index=True)
    got = rollout(changes).loc["all"]
    rows = long_form(changes)
    groups = rows["agent_id"].astype("category").cat.codes
    rows["member"] = rows["stack"] + rows["agent_id"]
    fit = smf.ols("rate ~ C(member) + C(stack):after + C(stack):effect - 1", rows).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    effects = [name for name in fit.params.index if name.endswith(":effect")]
    assert len(effects) == 3
    # The cohorts are of one size: their plain mean, with what the shared controls have in common.
    variance = fit.cov_params().loc[effects, effects].to_numpy().mean()
    agents = rows["agent_id"].nunique()
    assert got["effect"] == pytest.approx(fit.params[effects].mean(), abs=1e-9)
    assert got["standard_error"] == pytest.approx(
        np.sqrt(variance * agents / (agents - 1)), abs=1e-9
    )
    assert (got["treated_agents"], got["control_agents"]) == (18, 12)


def test_lift_by_hand():
    """Before 1.0 on both sides; the controls gain 0.25, those who got it 0.75: 1.75 for 1.25."""
    rows = [
        ("t1", True, 0.5, 1.25),
        ("t2", True, 1.5, 2.25),
        ("c1", False, 0.5, 0.5),
        ("c2", False, 1.5, 2.0),
    ]
    changes = pd.DataFrame(rows, columns=["agent_id", "is_treated", "rate_before", "rate_after"])
    changes["cohort_starts_on"] = pd.Timestamp("2026-02-02").date()
    changes["change"] = changes["rate_after"] - changes["rate_before"]
    changes["change_before"] = 0.0
    got = rollout(changes).loc["all"]
    assert (got["rate_after"], got["expected_rate"]) == (1.75, 1.25)
    assert (got["effect"], got["lift"]) == (0.5, pytest.approx(0.4))
    # Changes 0.75, 0.75 and 0, 0.5: only the controls spread, 0.25 either way over two agents.
    assert got["standard_error"] == pytest.approx(np.sqrt(2 * 0.125**2 * 4 / 3))
    # Lift: effect / expected. Influences: treated on expected -+0.25; controls -+0.125 on both.
    treated = 0.4 * 0.25 / 1.25
    control = (1 + 0.4) * 0.125 / 1.25
    error = np.sqrt((2 * treated**2 + 2 * control**2) * 4 / 3)
    critical = stats.t.ppf(0.975, 2)
    assert got["upper_95"] == pytest.approx(0.4 + critical * error, abs=1e-5)
    assert got["status"] == "degraded"


def test_agents_who_moved_apart_before_are_no_experiment():
    rng = np.random.default_rng(8)
    changes = panel(rng, 10, 20, effect=0.3)
    assert rollout(changes).loc["all", "status"] == "ok"
    changes["change_before"] += 0.3 * changes["is_treated"]
    got = rollout(changes).loc["all"]
    assert got["status"] == "degraded"
    assert got["status_reason"] == "the agents moved apart before the roll-out already"


def judge_rollouts(worlds):
    """Coverage of the pooled effect and lift over staggered worlds with a trend that all share."""
    rng = np.random.default_rng(worlds)
    covered = {"effect": 0, "lift": 0}
    for _ in range(worlds):
        parts = [
            panel(rng, 6, 12, effect=0.1, drift=0.1 * i, cohort=cohort)
            for i, cohort in enumerate(("2026-02-02", "2026-03-02", "2026-04-06"))
        ]
        for i, part in enumerate(parts):
            part["agent_id"] = part["agent_id"] + np.where(part["is_treated"], f"@{i}", "")
        got = rollout(pd.concat(parts)).loc["all"]
        truth = {"effect": 0.1, "lift": 0.1 / 1.1}
        covered["effect"] += got["effect_lower_95"] <= truth["effect"] <= got["effect_upper_95"]
        covered["lift"] += got["lower_95"] <= truth["lift"] <= got["upper_95"]
    shares = {name: count / worlds for name, count in covered.items()}
    print(shares)
    assert all(0.92 <= share <= 0.98 for share in shares.values()), shares


@pytest.mark.validate
def test_intervals_of_rollouts_cover():
    judge_rollouts(1000)


# --- the demo ------------------------------------------------------------------------------------


def test_the_greeting_does_nothing_and_nothing_is_found(demo_frame):
    rows = demo_frame("select * from experiment_results where experiment_id = 'greeting'")
    assert set(rows["status"]) <= {"ok", "not_computable"}
    assert (rows["status"] == "ok").sum() >= 4
    assert not (rows["q_value"] < 0.05).any()
    assert not (rows["verdict"] == "fail").any()


def test_the_greetings_containment_from_its_chats(demo_frame):
    """Each chat once, with the journey that it belongs to."""
    units = demo_frame(
        """
        select distinct assignments.unit_id, assignments.arm, metric.unit_id as journey,
            metric.numerator, metric.weight
        from int_experiment_assignments_accepted as assignments
        inner join fct_contacts as contacts on assignments.unit_id = contacts.interaction_id
        inner join metric_containment_rate as metric on contacts.journey_id = metric.unit_id
        where assignments.experiment_id = 'greeting' and metric.is_mature and metric.weight > 0
        """
    )
    row = demo_frame(
        "select * from experiment_results where experiment_id = 'greeting'"
        " and metric_id = 'containment_rate'"
    ).iloc[0]
    for arm, name in (("treatment", "value"), ("control", "control_value")):
        of_arm = units[units["arm"] == arm]
        assert row[name] == pytest.approx(of_arm["numerator"].astype(float).mean(), rel=1e-9)
    assert row["n"] + row["control_n"] == units["unit_id"].nunique()


def test_the_guidance_lift_is_the_difference_of_its_arms(demo_frame):
    """From suggestions and journeys alone, against the metric's estimate and interval."""
    units = demo_frame(
        """
        select suggestions.arm, cast(journeys.is_confirmed_resolution as int) as y
        from int_suggestions_attributed as suggestions
        inner join fct_contacts as contacts on suggestions.contact_id = contacts.contact_id
        inner join fct_journeys as journeys on contacts.journey_id = journeys.journey_id
        where journeys.is_mature
        """
    )
    shown, held = (units.loc[units["arm"] == arm, "y"] for arm in ("display", "holdout"))
    metric = demo_frame("select * from metric_guidance_outcome_lift where is_mature")
    lift = (metric["numerator"] * metric["weight"]).sum() / metric["weight"].sum()
    assert lift == pytest.approx(shown.mean() - held.mean(), rel=1e-9)
    error = np.sqrt(metric["numerator"].var(ddof=0) / len(metric))
    wanted = np.sqrt(shown.var(ddof=0) / len(shown) + held.var(ddof=0) / len(held))
    assert error == pytest.approx(wanted, rel=1e-9)


def test_the_roll_out_from_the_agents_weeks(demo_frame):
    """Six weeks around each team's start, from the agents' weeks in pandas."""
    weeks = demo_frame("select * from int_agent_weeks_productive where is_mature")
    agents = demo_frame(
        "select agent_id, min(assist_enabled_from) as start from int_agents_accepted group by 1"
    )
    starts = agents["start"].dt.to_period("W-SUN").dt.start_time
    starts = dict(zip(agents["agent_id"], starts, strict=True))
    weeks["week"] = pd.to_datetime(weeks["week_starts_on"])
    effects, sizes, span = [], [], pd.Timedelta(weeks=6)
    for cohort in sorted({start for start in starts.values() if pd.notna(start)}):
        changes = {True: [], False: []}
        for agent, start in starts.items():
            is_treated = start == cohort
            if not is_treated and pd.notna(start) and start <= cohort + span:
                continue
            of_agent = weeks[weeks["agent_id"] == agent]
            before = of_agent[(of_agent["week"] < cohort) & (of_agent["week"] >= cohort - span)]
            after = of_agent[(of_agent["week"] > cohort) & (of_agent["week"] <= cohort + span)]
            rates = [
                part["standardised_resolutions"].sum() / part["paid_hours"].sum()
                for part in (before, after)
            ]
            changes[is_treated].append(rates[1] - rates[0])
        effects.append(np.mean(changes[True]) - np.mean(changes[False]))
        sizes.append(len(changes[True]))
    rows = demo_frame("select * from productivity_rollout").set_index("scope_value")
    assert len(effects) == len(rows) - 1 == 3
    assert rows.loc["all", "effect"] == pytest.approx(np.average(effects, weights=sizes), abs=1e-9)
    assert rows.loc["all", "status"] == "ok"


@pytest.mark.parametrize(
    "model",
    [
        *RESULTS,
        "experiment_integrity",
        "int_experiment_units",
        "int_experiment_exposures",
        "int_guidance_outcomes",
        "metric_guidance_outcome_lift",
        "int_rollout_changes",
        "productivity_rollout",
    ],
)
def test_spark_parses_the_models(model):
    parse_one(render(model), read="spark")
