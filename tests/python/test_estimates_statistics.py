"""Kaplan-Meier quantiles against statsmodels, and intervals of repeated customers against truth."""

import numpy as np
import pandas as pd
import pytest
from macros_harness import parses_on_spark, run
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

QUANTILES = "{'q': 'quantile', 'p90': '0.9'}"
KAPLAN_MEIER = f"""
    {{{{ kaplan_meier_quantiles('bins', ['world', 'quantile', 'deff'], {QUANTILES},
        design_effect='deff') }}}}
"""
COVERAGE = """
    with effects as ({{ design_effects('customers', id='world') }}),
    sums as (
        select world, sum(units) as n, sum(units) as w, sum(units) as w2, sum(x) as num,
            sum(d) as den, sum(x2) as num2, sum(d2) as den2, sum(xd) as numden
        from customers group by world
    )
    select world, design_effect,
        {{ interval_lower("'KIND'", design_effect='design_effect') }} as lower,
        {{ interval_upper("'KIND'", design_effect='design_effect') }} as upper,
        {{ interval_lower("'KIND'") }} as naive_lower,
        {{ interval_upper("'KIND'") }} as naive_upper
    from sums inner join (select world, design_effect from effects) as effects using (world)
"""


def bins_of(rng, n, censored_share):
    """Durations in log-bins, some of them censored; one row per bin."""
    bins = rng.integers(200, 320, n)
    ended = rng.random(n) >= censored_share
    frame = pd.DataFrame({"bin": bins, "observed_n": ended * 1, "censored_n": ~ended * 1})
    return frame, bins, ended


def values_of(bins):
    """The value that stands for a log-bin, as log_bin_value has it."""
    return 2 * np.exp(bins * np.log(1.01 / 0.99)) / (1.01 / 0.99 + 1)


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("censored_share", [0, 0.25, 0.6])
@pytest.mark.parametrize("n", [5, 60, 700])
def test_quantiles_and_limits_equal_statsmodels(n, censored_share):
    rng = np.random.default_rng([n, int(censored_share * 100)])
    frame, bins, ended = bins_of(rng, n, censored_share)
    got = run(KAPLAN_MEIER, bins=frame.assign(world=1, quantile=0.5, deff=1.0)).iloc[0]
    peer = SurvfuncRight(values_of(bins), ended.astype(int))
    assert (got["n"], got["observed_n"]) == (n, ended.sum())
    for name, q in (("q", 0.5), ("p90", 0.9)):
        lower, upper = peer.quantile_ci(q, method="cloglog")
        # statsmodels takes the first time at which the survival is below 1 - q, not at it.
        reached = peer.surv_times[peer.surv_prob <= 1 - q + 1e-9]
        wanted = [reached[0] if len(reached) else np.nan]
        assert np.allclose([got[name]], wanted, rtol=1e-9, equal_nan=True)
        if np.isfinite(lower):
            assert got[f"{name}_lower"] == pytest.approx(lower, rel=1e-9)
        # Once nobody is left the variance is unknown: NULL here, the last time in statsmodels.
        if peer.surv_prob[-1] == 0 and upper == peer.surv_times[-1]:
            assert np.isnan(got[f"{name}_upper"])
        elif np.isfinite(upper):
            assert got[f"{name}_upper"] == pytest.approx(upper, rel=1e-9)


def test_five_durations_by_hand():
    """Ends in bins 1, 2, 4 of 5 units, censored in 3 and 5: survival 4/5, 3/5, then 3/5 * 1/2."""
    frame = pd.DataFrame(
        {
            "bin": [1, 2, 3, 4, 5],
            "observed_n": [1, 1, 0, 1, 0],
            "censored_n": [0, 0, 1, 0, 1],
        }
    ).assign(world=1, quantile=0.2, deff=1.0)
    got = run(KAPLAN_MEIER, bins=frame).iloc[0]
    assert got["q"] == pytest.approx(values_of(np.array([1]))[0])
    assert np.isnan(got["p90"])
    got = run(KAPLAN_MEIER, bins=frame.assign(quantile=0.5)).iloc[0]
    assert got["q"] == pytest.approx(values_of(np.array([4]))[0])


def test_median_ignoring_censoring_would_be_too_short():
    """Half of exponential durations cut at the mean: the plain median of the ends is far off."""
    rng = np.random.default_rng(3)
    duration, cut = rng.exponential(1000, 20_000), rng.exponential(1000, 20_000)
    seen = np.minimum(duration, cut)
    frame = pd.DataFrame(
        {
            "bin": np.ceil(np.log(seen) / np.log(1.01 / 0.99)).astype(int),
            "observed_n": (duration <= cut) * 1,
            "censored_n": (duration > cut) * 1,
        }
    ).assign(world=1, quantile=0.5, deff=1.0)
    got = run(KAPLAN_MEIER, bins=frame).iloc[0]
    truth = 1000 * np.log(2)
    assert got["q"] == pytest.approx(truth, rel=0.05)
    assert got["q_lower"] < truth < got["q_upper"]
    assert np.median(seen[duration <= cut]) < 0.6 * truth


def customers_of(world, kind, rng):
    """Units of customers who repeat and resemble themselves: sums per customer."""
    units = 1 + rng.poisson(1.5, 250) + (rng.random(250) < 0.05) * 10
    if kind == "proportion":
        own = rng.beta(1.2, 2.8, 250)
        x = rng.binomial(units, own).astype(float)
        x2 = x
    else:
        own = rng.normal(5, 2, 250)
        draws = [rng.normal(o, 3, u) for o, u in zip(own, units, strict=True)]
        x, x2 = np.array([d.sum() for d in draws]), np.array([(d**2).sum() for d in draws])
    d = units.astype(float)
    return pd.DataFrame(
        {"world": world, "units": units, "x": x, "d": d, "x2": x2, "d2": d, "xd": x}
    )


def coverage(kind, worlds):
    """Share of worlds whose interval holds the truth, with and without the design effect."""
    rng = np.random.default_rng(11)
    customers = pd.concat([customers_of(w, kind, rng) for w in range(worlds)])
    rows = run(COVERAGE.replace("KIND", kind), customers=customers)
    truth = {"proportion": 0.3, "mean": 5.0}[kind]
    with_effect = ((rows["lower"] <= truth) & (truth <= rows["upper"])).mean()
    naive = ((rows["naive_lower"] <= truth) & (truth <= rows["naive_upper"])).mean()
    return with_effect, naive


def assert_nominal(kind, worlds):
    with_effect, naive = coverage(kind, worlds)
    low, high = stats.binom.ppf([0.0005, 0.9995], worlds, 0.95) / worlds
    assert low <= with_effect <= high
    assert naive < low


@pytest.mark.parametrize("kind", ["proportion", "mean"])
def test_intervals_of_repeated_customers_cover_the_truth(kind):
    assert_nominal(kind, 400)


@pytest.mark.validate
@pytest.mark.parametrize("kind", ["proportion", "mean"])
def test_intervals_of_repeated_customers_cover_the_truth_in_many_worlds(kind):
    assert_nominal(kind, 4000)


def test_design_effect_by_hand():
    """Three customers with (1, 1), (0, 0) and 1: mean 3/5; units 2*4/25 * ... worked out below.

    Residuals .4 (three) and -.6 (two): units 5/4 * (3 * .16 + 2 * .36) = 1.5; customers .8, -1.2,
    .4: 3/2 * (.64 + 1.44 + .16) = 3.36; ratio 2.24.
    """
    frame = pd.DataFrame(
        {
            "world": 1,
            "units": [2, 2, 1],
            "x": [2.0, 0.0, 1.0],
            "d": [2.0, 2.0, 1.0],
            "x2": [2.0, 0.0, 1.0],
            "d2": [2.0, 2.0, 1.0],
            "xd": [2.0, 0.0, 1.0],
        }
    )
    got = run("{{ design_effects('customers', id='world') }}", customers=frame).iloc[0]
    assert got["design_effect"] == pytest.approx(2.24)


def test_spark_reads_the_sql():
    assert parses_on_spark(KAPLAN_MEIER)
    assert parses_on_spark("{{ design_effects('customers') }}")
