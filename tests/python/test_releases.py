"""Releases: the demo's degraded one is found, stable worlds raise no alarm, numbers by hand."""

import numpy as np
import pandas as pd
import pytest
from model_harness import build, project_vars, render
from sqlglot import parse_one

MODELS = ["int_release_days", "release_comparisons", "release_verdicts"]
# metric: rate of a healthy release, better high or low, margin, units a day and release
METRICS = {
    "safe_automation_rate": (0.985, "up", 0.005, 20),
    "silent_failure_rate": (0.11, "down", 0.02, 80),
    "resolution_accuracy": (0.91, "up", 0.02, 80),
    "intent_recognition_accuracy": (0.88, "up", 0.02, 50),
    "containment_rate": (0.40, "up", 0.02, 100),
}
DEPLOYED = np.datetime64("2026-03-02")


def glossary():
    return pd.DataFrame(
        [
            (name, "proportion", "share", 30, margin, direction, "Bot product")
            for name, (_, direction, margin, _) in METRICS.items()
        ],
        columns=[
            "metric_id",
            "kind",
            "unit",
            "min_n",
            "non_inferiority_margin",
            "direction_of_good",
            "owner",
        ],
    )


def daily_rows(rng, worlds, days, release, rates, week_noise=0.0):
    """One row per world, metric and day: successes of independent units, weeks that vary."""
    frames = []
    for name, (_, _, _, per_day) in METRICS.items():
        weeks = rng.normal(0, week_noise, (worlds, len(days) // 7 + 1))
        rate = np.clip(rates[name] + weeks[:, np.arange(len(days)) // 7], 0.001, 0.999)
        num = rng.binomial(per_day, rate)
        frames.append(
            pd.DataFrame(
                {
                    "metric_id": name,
                    "release_id": np.repeat([f"{release}@{w}" for w in range(worlds)], len(days)),
                    "metric_date": np.tile(days, worlds).astype("datetime64[us]"),
                    "is_mature": True,
                    "num": num.ravel().astype(float),
                    "n": float(per_day),
                }
            )
        )
    rows = pd.concat(frames)
    for column, source in (("w", "n"), ("w2", "n"), ("den", "n"), ("den2", "n")):
        rows[column] = rows[source]
    for column in ("num2", "numden"):
        rows[column] = rows["num"]
    return rows


def verdicts(rng, worlds, change=None, is_concurrent=True, week_noise=0.0, days=28):
    """release_verdicts of worlds in which release r2 follows r1; change: {metric: of its rate}."""
    healthy = {name: spec[0] for name, spec in METRICS.items()}
    changed = {name: rate + (change or {}).get(name, 0) for name, rate in healthy.items()}
    after = DEPLOYED + np.arange(days)
    before = DEPLOYED - 1 - np.arange(56)[::-1]
    daily = pd.concat(
        [
            daily_rows(rng, worlds, after if is_concurrent else before, "r1", healthy, week_noise),
            daily_rows(rng, worlds, after, "r2", changed, week_noise),
        ]
    )
    # Every world is a system of its own.
    releases = pd.concat(
        [
            pd.DataFrame(
                {
                    "release_id": [f"{name}@{w}" for w in range(worlds)],
                    "source_system": [f"s{w}" for w in range(worlds)],
                    "deployed_at": pd.Timestamp(at),
                    "rolled_back_at": pd.NaT,
                }
            )
            for name, at in (("r1", "2025-12-01"), ("r2", DEPLOYED))
        ]
    )
    # Between-week variance of noise, as the p'-chart of a metric would find it.
    charts = pd.DataFrame(
        [
            (name, "overall", DEPLOYED, "proportion", week_spread(rate, per_day * 7, week_noise))
            for name, (rate, _, _, per_day) in METRICS.items()
        ],
        columns=["metric_id", "slice_dimension", "week_starts_on", "chart_type", "sigma_z"],
    )
    daily["metric_date"] = daily["metric_date"].dt.date
    frames = {
        "metric_daily": daily,
        "int_releases_accepted": releases,
        "dim_releases": releases,
        "metric_glossary": glossary(),
        "metric_design_effects": pd.DataFrame({"metric_id": list(METRICS), "design_effect": 1.0}),
        "metric_process_charts": charts,
    }
    rows = build(MODELS, frames)
    return rows[rows["release_id"].str.startswith("r2")]


def week_spread(rate, per_week, noise):
    return np.sqrt(1 + per_week * noise**2 / (rate * (1 - rate)))


def rolled_back(rows):
    """Share of worlds in which the release is to be rolled back."""
    return (rows["verdict"] == "roll back").mean()


def at_the_margin():
    """The worst that is still allowed, in every metric at once."""
    return {
        name: -margin if direction == "up" else margin
        for name, (_, direction, margin, _) in METRICS.items()
    }


def judge_worlds(worlds):
    """Shares of worlds with a roll-back under each truth."""
    rng = np.random.default_rng(worlds)
    fall = {"intent_recognition_accuracy": -0.1}
    found = {
        "no change": verdicts(rng, worlds),
        "at the margin": verdicts(rng, worlds, at_the_margin()),
        "no change, before and after": verdicts(rng, worlds, None, False, 0.01),
        "recognition falls": verdicts(rng, worlds, fall),
        "recognition falls, before and after": verdicts(rng, worlds, fall, False, 0.01),
        "all well, long": verdicts(
            rng, 50, {"containment_rate": 0.1, "resolution_accuracy": 0.03}, days=56
        ),
    }
    shares = {name: rolled_back(rows) for name, rows in found.items()}
    print(shares)
    assert shares["no change"] <= 0.01
    assert shares["at the margin"] <= 0.05
    assert shares["no change, before and after"] <= 0.05
    assert shares["recognition falls"] >= 0.95
    assert shares["recognition falls, before and after"] >= 0.9
    assert shares["all well, long"] == 0
    for name in ("recognition falls", "recognition falls, before and after"):
        failed = found[name][found[name]["verdict"] == "roll back"]
        assert (failed["metric_id"] == "intent_recognition_accuracy").mean() >= 0.99
        assert (pd.to_datetime(failed["first_seen_on"]) >= pd.Timestamp(DEPLOYED)).all()
    is_before_after = found["no change, before and after"]["comparison"] == "before_after"
    assert is_before_after.all()
    assert (found["no change"]["comparison"] == "concurrent").all()


@pytest.mark.slow
def test_peeking_rolls_back_what_is_worse_and_nothing_else():
    judge_worlds(150)


@pytest.mark.validate
def test_peeking_over_many_worlds():
    judge_worlds(1500)


def test_a_fixed_horizon_would_roll_back_what_is_allowed():
    """The same worlds at the margin, each day by a one-sided z-test: the reason for all this."""
    rng, worlds, days = np.random.default_rng(5), 2000, 28
    alarms = np.zeros(worlds, bool)
    for rate, direction, margin, per_day in METRICS.values():
        sign = 1 if direction == "up" else -1
        n = per_day * np.arange(1, days + 1)
        new = rng.binomial(per_day, rate - sign * margin, (worlds, days)).cumsum(1) / n
        old = rng.binomial(per_day, rate, (worlds, days)).cumsum(1) / n
        error = np.sqrt((new * (1 - new) + old * (1 - old)) / n)
        alarms |= ((sign * (new - old) + margin < -1.645 * error) & (n >= 30)).any(1)
    assert alarms.mean() > 0.5


# --- the demo ------------------------------------------------------------------------------------


def test_the_degraded_release_is_rolled_back_and_no_other(demo_frame):
    rows = demo_frame("select * from release_verdicts").set_index("release_id")
    assert set(rows.index) == {"v1", "v2", "v3", "v4"}
    assert rows.loc["v3", "verdict"] == "roll back"
    assert rows.loc["v3", "metric_id"] == "intent_recognition_accuracy"
    assert rows.drop("v3")["verdict"].isin(["keep", "watch"]).all()
    assert not rows.drop("v3")["is_harm_shown"].any()
    # Found while it was live: it was deployed on 13 April and rolled back on 14 May.
    seen = pd.Timestamp(rows.loc["v3", "first_seen_on"])
    assert rows.loc["v3", "deployed_at"] <= seen < rows.loc["v3", "rolled_back_at"]
    # The bot of the demo is always replaced at once.
    assert rows.drop("v1")["comparison"].eq("before_after").all()
    assert rows["control_release_id"].drop("v1").to_dict() == {"v2": "v1", "v3": "v2", "v4": "v2"}
    assert pd.isna(rows.loc["v1", "metric_id"])


def test_the_numbers_of_a_day_by_hand(demo_frame):
    """v3 against the 56 days before it, from the metric's units, up to the verdict's day."""
    seen = demo_frame("select first_seen_on from release_verdicts where release_id = 'v3'")
    day = pd.Timestamp(seen["first_seen_on"][0])
    units = demo_frame("select * from metric_intent_recognition_accuracy")
    units = units[units["is_mature"] & (units["weight"] > 0)]
    dates = pd.to_datetime(units["metric_date"])
    deployed = pd.Timestamp("2026-04-13")
    new = units[(units["release_id"] == "v3") & (dates >= deployed) & (dates <= day)]
    old = units[
        (units["release_id"] == "v2")
        & (dates < deployed)
        & (dates >= deployed - pd.Timedelta(days=56))
    ]
    got = demo_frame(
        "select * from release_comparisons where release_id = 'v3' and observed_on = ?"
        " and metric_id = 'intent_recognition_accuracy'",
        [day.date()],
    ).iloc[0]
    p, q = new["numerator"].astype(float), old["numerator"].astype(float)
    assert (got["n"], got["control_n"]) == (len(p), len(q))
    assert got["effect"] == pytest.approx(p.mean() - q.mean(), rel=1e-12)

    effect = demo_frame(
        "select design_effect from metric_design_effects"
        " where metric_id = 'intent_recognition_accuracy'"
    )["design_effect"][0]
    sigma = demo_frame(
        "select sigma_z from metric_process_charts where slice_dimension = 'overall'"
        " and metric_id = 'intent_recognition_accuracy' order by week_starts_on desc limit 1"
    )["sigma_z"][0]

    def variance(values):
        smoothed = (values.sum() + 1) / (len(values) + 2)
        return max(values.var(ddof=1), smoothed * (1 - smoothed)) / len(values)

    error = np.sqrt((variance(p) + variance(q)) * effect * max(1, sigma**2))
    assert got["standard_error"] == pytest.approx(error, rel=1e-9)
    n = 4 * len(p) * len(q) / (len(p) + len(q))

    def half_width(alpha, is_one_sided):
        rho2 = (-2 * np.log(alpha) + np.log(1 - 2 * np.log(alpha))) / 1000
        scale = n * rho2 + 1
        tail = 1 + np.sqrt(scale) / (2 * alpha) if is_one_sided else np.sqrt(scale) / alpha
        return error * np.sqrt(2 * scale / (n * rho2) * np.log(tail))

    limits = (got["lower_95"], got["upper_95"])
    width = half_width(0.05, False)
    assert limits == pytest.approx((got["effect"] - width, got["effect"] + width), rel=1e-9)
    # The first day on which even the best case is beyond the margin: its own limit, 1 % each.
    assert got["best_case"] == pytest.approx(got["effect"] + half_width(0.01, True), rel=1e-9)
    assert got["verdict"] == "fail"
    assert got["best_case"] < -0.02


def test_limits_only_tighten_and_verdicts_stay(demo_frame):
    rows = demo_frame(
        "select * from release_comparisons order by release_id, metric_id, observed_on"
    )
    for _, days in rows.groupby(["release_id", "metric_id"]):
        assert days["worst_case"].dropna().is_monotonic_increasing
        assert days["best_case"].dropna().is_monotonic_decreasing
        decided = days["verdict"].isin(["pass", "fail"])
        assert decided.is_monotonic_increasing
        assert days["is_latest"].sum() == 1


def test_all_guardrails_have_margins(demo_frame):
    rows = demo_frame("select metric_id, non_inferiority_margin from metric_glossary")
    margins = rows.set_index("metric_id")["non_inferiority_margin"]
    assert margins[project_vars()["cx_guardrail_metrics"]].gt(0).all()


@pytest.mark.parametrize("model", MODELS)
def test_spark_parses_the_models(model):
    parse_one(render(model), read="spark")
