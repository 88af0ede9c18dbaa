"""Normal, Student, Wilson and the intervals from sufficient statistics, against scipy and peers."""

import numpy as np
import pandas as pd
import pytest
from macros_harness import column, parses_on_spark, run
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

SUFFICIENT = """
    count(*) as n, sum(weight) as w, sum(weight * weight) as w2,
    sum(weight * numerator) as num, sum(weight * denominator) as den,
    sum(power(weight * numerator, 2)) as num2, sum(power(weight * denominator, 2)) as den2,
    sum(weight * weight * numerator * denominator) as numden
"""


def interval(frame, kind, arguments=""):
    """Value, limits and standard error of one metric, straight from unit rows."""
    units = pd.DataFrame(frame)
    for name in ("denominator", "weight"):
        if name not in units:
            units[name] = 1.0
    row = run(
        f"""
        select *, {{{{ metric_value() }}}} as v, {{{{ ratio_standard_error() }}}} as se,
            {{{{ interval_lower('kind' {arguments}) }}}} as lower,
            {{{{ interval_upper('kind' {arguments}) }}}} as upper
        from (select '{kind}' as kind, {SUFFICIENT} from units) as s
        """,
        units=units.astype(float),
    )
    return row.iloc[0]


def ones(successes, n):
    return {"numerator": [1.0] * successes + [0.0] * (n - successes)}


def test_normal_quantile():
    p = np.concatenate([np.geomspace(1e-15, 0.02, 500), np.linspace(0.001, 0.999, 4001)])
    got = column("{{ normal_quantile('p') }}", pd.DataFrame({"p": p}))
    assert np.allclose(got, stats.norm.ppf(p), rtol=1.2e-9, atol=1e-12)
    assert np.isnan(column("{{ normal_quantile('p') }}", pd.DataFrame({"p": [0.0, 1.0]}))).all()


def test_normal_cdf():
    x = np.linspace(-9, 9, 5001)
    got = column("{{ normal_cdf('x') }}", pd.DataFrame({"x": x}))
    assert np.abs(got - stats.norm.cdf(x)).max() < 7.5e-8


def test_normal_p_value_is_accurate_in_the_tail():
    z = np.linspace(-30, 30, 5001)
    got = column("{{ normal_p_value('z') }}", pd.DataFrame({"z": z}))
    assert np.abs(got / (2 * stats.norm.sf(np.abs(z))) - 1).max() < 1.3e-7


def test_t_quantile():
    df = np.concatenate([np.arange(1, 200), np.linspace(1, 9, 801), np.geomspace(200, 1e7, 200)])
    got = column("{{ t_quantile_975('df') }}", pd.DataFrame({"df": df}))
    assert np.abs(got - stats.t.ppf(0.975, df)).max() < 7e-7
    assert np.isnan(column("{{ t_quantile_975('df') }}", pd.DataFrame({"df": [0.0, 0.5]}))).all()


def test_wilson_equals_statsmodels():
    n, k = (a.ravel() for a in np.meshgrid(np.arange(1, 60), np.arange(0, 60)))
    frame = pd.DataFrame({"k": k[k <= n], "n": n[k <= n]})
    lower, upper = proportion_confint(frame.k, frame.n, method="wilson")
    assert np.allclose(column("{{ wilson_lower('k', 'n') }}", frame), lower, rtol=0, atol=1e-12)
    assert np.allclose(column("{{ wilson_upper('k', 'n') }}", frame), upper, rtol=0, atol=1e-12)


def test_wilson_published_figure():
    row = run("select {{ wilson_lower('8', '31') }} as l, {{ wilson_upper('8', '31') }} as u")
    assert row.l[0] == pytest.approx(0.1370170590639374, abs=1e-12)
    assert row.u[0] == pytest.approx(0.432461358094338, abs=1e-12)


def test_exact_bounds_are_one_sided_clopper_pearson():
    n = np.arange(1, 5000, 7)
    frame = pd.DataFrame({"n": n})
    got = column("{{ exact_zero_upper('n') }}", frame)
    assert np.allclose(got, stats.beta.ppf(0.95, 1, n), rtol=1e-9)
    assert np.allclose(
        column("{{ exact_all_lower('n') }}", frame), stats.beta.ppf(0.05, n, 1), rtol=1e-9
    )
    assert got[-1] == pytest.approx(3 / n[-1], rel=0.01)


@pytest.mark.parametrize(("k", "n"), [(1, 2), (8, 31), (17, 40), (999, 1000), (1, 100_000)])
def test_proportion_interval_is_wilson(k, n):
    row = interval(ones(k, n), "proportion")
    expected = proportion_confint(k, n, method="wilson")
    assert (row.v, row.lower, row.upper) == pytest.approx((k / n, *expected), abs=1e-9)


@pytest.mark.parametrize("n", [1, 7, 1000])
def test_proportion_without_events_gets_the_exact_bound(n):
    none = interval(ones(0, n), "proportion")
    assert (none.lower, none.upper) == pytest.approx((0, 1 - 0.05 ** (1 / n)), abs=1e-12)
    everything = interval(ones(n, n), "proportion")
    assert (everything.lower, everything.upper) == pytest.approx((0.05 ** (1 / n), 1), abs=1e-12)


def test_weighted_proportion_is_wilson_on_effective_size_with_t():
    rng = np.random.default_rng(1)
    y, weight = rng.integers(0, 2, 40).astype(float), rng.uniform(1, 10, 40)
    p = np.average(y, weights=weight)
    variance = (weight**2 * (y - p) ** 2).sum() / weight.sum() ** 2
    n_eff = p * (1 - p) / variance
    alpha = 2 * stats.norm.sf(stats.t.ppf(0.975, 39))
    expected = proportion_confint(p * n_eff, n_eff, alpha=alpha, method="wilson")
    row = interval({"numerator": y, "weight": weight}, "proportion")
    assert (row.lower, row.upper) == pytest.approx(expected, abs=1e-6)


def test_weights_and_design_effect_widen_a_bound_without_events():
    weight = np.array([1.0, 1.0, 8.0])
    n_eff = weight.sum() ** 2 / (weight**2).sum()
    row = interval({"numerator": np.zeros(3), "weight": weight}, "proportion")
    assert row.upper == pytest.approx(1 - 0.05 ** (1 / n_eff), abs=1e-12)
    row = interval(ones(0, 30), "proportion", ", design_effect='3'")
    assert row.upper == pytest.approx(1 - 0.05 ** (1 / 10), abs=1e-12)


def test_design_effect_divides_the_sample_size():
    row = interval(ones(20, 50), "proportion", ", design_effect='2.0'")
    alpha = 2 * stats.norm.sf(stats.t.ppf(0.975, 49))
    expected = proportion_confint(10, 25, alpha=alpha, method="wilson")
    assert (row.lower, row.upper) == pytest.approx(expected, abs=1e-6)


def test_mean_interval_is_students():
    x = np.random.default_rng(2).lognormal(3, 1, 25)
    row = interval({"numerator": x}, "mean")
    assert row.se == pytest.approx(x.std(ddof=1) / 5, rel=1e-9)
    assert (row.lower, row.upper) == pytest.approx(DescrStatsW(x).tconfint_mean(), rel=1e-6)


def test_ratio_standard_error_is_the_delta_method():
    rng = np.random.default_rng(3)
    d = rng.uniform(1, 5, 80)
    x = 2 * d + rng.normal(0, 1, 80)
    weight = rng.uniform(1, 3, 80)
    cov = np.cov(weight * x, weight * d)
    gradient = np.array([1, -(weight * x).sum() / (weight * d).sum()]) / (weight * d).mean()
    se = np.sqrt(gradient @ cov @ gradient / 80)
    row = interval({"numerator": x, "denominator": d, "weight": weight}, "ratio")
    assert row.se == pytest.approx(se, rel=1e-9)
    half = stats.t.ppf(0.975, 79) * se
    assert (row.lower, row.upper) == pytest.approx((row.v - half, row.v + half), rel=1e-6)


def test_ratio_without_events_gets_the_exact_bound():
    row = interval({"numerator": [0.0] * 100, "denominator": [10.0] * 100}, "ratio")
    assert (row.lower, row.upper) == pytest.approx((0, (1 - 0.05**0.01) / 10), abs=1e-12)
    row = interval({"numerator": [0.0] * 100}, "ratio", ", event_size='1000'")
    assert row.upper == pytest.approx(1000 * (1 - 0.05**0.01), abs=1e-9)


@pytest.mark.parametrize("kind", ["mean", "ratio"])
@pytest.mark.parametrize("x", [[4.0], [0.1] * 3])
def test_no_spread_gives_no_interval(kind, x):
    row = interval({"numerator": x}, kind)
    assert row.v == pytest.approx(x[0])
    assert pd.isna(row.lower)
    assert pd.isna(row.upper)


@pytest.mark.parametrize("kind", ["proportion", "mean", "ratio", "quantile"])
def test_nothing_gives_null(kind):
    row = interval({"numerator": []}, kind)
    assert pd.isna([row.v, row.lower, row.upper]).all()
    assert pd.isna(interval({"numerator": [1.0, 2.0]}, "quantile").lower)


def test_intervals_cover():
    """Coverage of 95 % intervals over 2,000 worlds of each kind, inside exact binomial bounds."""
    rng = np.random.default_rng(4)
    worlds, n = 2000, 60
    d = rng.integers(1, 6, (worlds, n)).astype(float)
    k = np.arange(n + 1)
    lower, upper = proportion_confint(k, n, method="wilson")
    wilson = stats.binom.pmf(k, n, 0.3)[(lower <= 0.3) & (upper >= 0.3)].sum()
    draws = {
        "proportion": (rng.random((worlds, n)) < 0.3, np.ones((worlds, n)), 0.3, wilson),
        "mean": (rng.normal(5, 2, (worlds, n)), np.ones((worlds, n)), 5.0, 0.95),
        "ratio": (2 * d + rng.normal(0, 1, (worlds, n)), d, 2.0, 0.95),
    }
    for kind, (x, den, truth, nominal) in draws.items():
        units = pd.DataFrame(
            {
                "world": np.repeat(np.arange(worlds), n),
                "numerator": x.ravel().astype(float),
                "denominator": den.ravel(),
                "weight": 1.0,
            }
        )
        rows = run(
            f"""select {{{{ interval_lower("'{kind}'", alias='s') }}}} as l,
                {{{{ interval_upper("'{kind}'", alias='s') }}}} as u
            from (select world, {SUFFICIENT} from units group by world) as s""",
            units=units,
        )
        covered = ((rows.l <= truth) & (truth <= rows.u)).sum()
        low, high = stats.binom.ppf([0.0005, 0.9995], worlds, nominal)
        assert low <= covered <= high, (kind, covered / worlds)


@pytest.mark.parametrize(
    "expression",
    [
        "normal_quantile('p')",
        "normal_cdf('x')",
        "normal_p_value('z')",
        "t_quantile_975('df')",
        "wilson_lower('k', 'n')",
        "interval_upper('kind')",
    ],
)
def test_expressions_parse_on_spark(expression):
    assert parses_on_spark(f"select {{{{ {expression} }}}} as v from t")
