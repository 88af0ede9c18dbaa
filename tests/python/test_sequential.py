"""Limits that hold at every look, and comparisons of two samples, against published figures."""

import numpy as np
import pandas as pd
import pytest
from macros_harness import column, parses_on_spark
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

STANDARD_ERROR = "sqrt(x1 / n1 * (1 - x1 / n1) / n1 + x2 / n2 * (1 - x2 / n2) / n2)"
TWO_SIDED = f"{{{{ sequential_half_width('{STANDARD_ERROR}', '(n1 + n2)', 'tuning_n') }}}}"
ONE_SIDED = (
    f"{{{{ sequential_half_width_one_sided('{STANDARD_ERROR}', '(n1 + n2)', 'tuning_n') }}}}"
)
FIXTURE = pd.DataFrame(
    {"x1": [2788.0], "n1": [4100.0], "x2": [2800.0], "n2": [4000.0], "tuning_n": [5000.0]}
)


def test_the_published_example_of_growthbook():
    """gbstats SequentialTwoSidedTTest on 2788 of 4100 against 2800 of 4000."""
    half_width = column(TWO_SIDED, FIXTURE)[0]
    assert -0.02 - half_width == pytest.approx(-0.05131853004840037, abs=1e-14)
    assert -0.02 + half_width == pytest.approx(0.011318530048400555, abs=1e-14)


def test_newcombe_of_the_same_example_and_statsmodels():
    rng = np.random.default_rng(1)
    n1, n2 = rng.integers(5, 5000, (2, 200)).astype(float)
    frame = pd.DataFrame(
        {
            "n1": np.append(n1, 4100),
            "n2": np.append(n2, 4000),
            "x1": np.append(rng.binomial(n1.astype(int), rng.random(200)), 2788),
            "x2": np.append(rng.binomial(n2.astype(int), rng.random(200)), 2800),
        }
    )
    arguments = "('(x1 / n1)', 'n1', '(x2 / n2)', 'n2')"
    lower = column(f"{{{{ proportion_difference_lower{arguments} }}}}", frame)
    upper = column(f"{{{{ proportion_difference_upper{arguments} }}}}", frame)
    assert (lower[-1], upper[-1]) == pytest.approx((-0.04011623, 0.00014794), abs=5e-9)
    for i, row in enumerate(frame.itertuples()):
        peer = confint_proportions_2indep(row.x1, row.n1, row.x2, row.n2, method="newcomb")
        assert (lower[i], upper[i]) == pytest.approx(peer, abs=1e-9)


def half_widths(standard_error, n, tuning_n, alpha=0.05):
    """Two-sided and one-sided half-widths, from the published formulas as they stand."""
    rho = np.sqrt((-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / tuning_n)
    sigma, scale = standard_error * np.sqrt(n), n * rho**2 + 1
    core = 2 * scale / (n * rho) ** 2
    return (
        sigma * np.sqrt(core * np.log(np.sqrt(scale) / alpha)),
        sigma * np.sqrt(core * np.log(1 + np.sqrt(scale) / (2 * alpha))),
    )


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_half_widths_are_the_formulas(alpha):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "se": rng.lognormal(-3, 1, 300),
            "n": rng.integers(2, 10**6, 300),
            "tuning_n": rng.integers(100, 10**5, 300),
        }
    )
    wanted = half_widths(frame["se"], frame["n"], frame["tuning_n"], alpha)
    for name, expected in zip(("", "_one_sided"), wanted, strict=True):
        macro = f"sequential_half_width{name}('se', 'n', 'tuning_n', alpha='{alpha}e0')"
        assert column(f"{{{{ {macro} }}}}", frame) == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_limits_are_narrowest_where_they_are_tuned():
    """Of all tunings the one to 5,000 units has the narrowest limits at 5,000 units."""
    tunings = np.arange(1000, 20_001)
    frame = pd.DataFrame({"t": tunings, "n": 5000.0, "se": 1.0})
    widths = column("{{ sequential_half_width('se', 'n', 't') }}", frame)
    assert tunings[widths.argmin()] == pytest.approx(5000, rel=0.05)


def test_nothing_measured_has_no_limits():
    frame = pd.DataFrame({"n": [0.0, 10.0, None], "se": [1.0, 0.0, 1.0]})
    assert np.isnan(column("{{ sequential_half_width('se', 'n', '5000') }}", frame)).all()


def test_verdicts_of_non_inferiority():
    cases = [
        (-0.019, 0.3, 0.02, "pass"),
        (-0.5, -0.021, 0.02, "fail"),
        (-0.02, 0.0, 0.02, "continue"),
        (-0.5, -0.02, 0.02, "continue"),
        (None, None, 0.02, None),
        (-0.5, 0.1, None, None),
    ]
    expected = [case[-1] for case in cases]
    frame = pd.DataFrame([case[:-1] for case in cases], columns=["worst", "best", "margin"])
    got = column("{{ non_inferiority_verdict('worst', 'best', 'margin') }}", frame)
    assert [v if isinstance(v, str) else None for v in got] == expected


def test_the_chi_square_tail_equals_scipy():
    x = np.concatenate([[0, 1e-6], np.geomspace(0.01, 300, 200)])
    for df in range(1, 11):
        frame = pd.DataFrame({"x": x, "df": df})
        got = column("{{ sample_ratio_p_value('x', 'df') }}", frame)
        assert got == pytest.approx(stats.chi2.sf(x, df), rel=2e-7)
    frame = pd.DataFrame({"x": [1.0, -1.0], "df": [11, 1]})
    assert np.isnan(column("{{ sample_ratio_p_value('x', 'df') }}", frame)).all()


def watched(worlds, effect, rng, per_day=300, days=28, rate=0.7):
    """First day (1 …, 0: never) on which each rule sees harm, by world; looked at every day."""
    new = rng.binomial(per_day, rate + effect, (worlds, days)).cumsum(1)
    old = rng.binomial(per_day, rate, (worlds, days)).cumsum(1)
    n = np.broadcast_to(per_day * np.arange(1, days + 1), new.shape)
    frame = pd.DataFrame(
        {"x1": new.ravel(), "x2": old.ravel(), "n1": n.ravel(), "n2": n.ravel(), "tuning_n": 5000}
    ).astype(float)
    difference = (new - old) / n
    two_sided = column(TWO_SIDED, frame).reshape(new.shape)
    one_sided = column(ONE_SIDED, frame).reshape(new.shape)
    z = difference / column(STANDARD_ERROR, frame).reshape(new.shape)
    signals = {
        "z-test": np.abs(z) > 1.96,
        "two-sided": np.abs(difference) > two_sided,
        "one-sided": difference + one_sided < 0,
    }
    return {k: np.where(v.any(1), v.argmax(1) + 1, 0) for k, v in signals.items()}


def share(first_days):
    """Share of worlds with a signal on any day."""
    return (first_days > 0).mean()


def judge_peeking(worlds):
    """Figures of the design: 300 units a day and arm, 70 % good, 28 days."""
    rng = np.random.default_rng(worlds)
    null = watched(worlds, 0, rng)
    # Two standard errors of the simulation are allowed on either side.
    slack = 2 * np.sqrt(0.05 * 0.95 / worlds)
    assert share(null["z-test"]) > 0.2
    assert share(null["two-sided"]) <= 0.05
    assert share(null["one-sided"]) <= 0.05
    slight, grave = watched(worlds, -0.02, rng), watched(worlds, -0.04, rng)
    assert share(slight["one-sided"]) == pytest.approx(0.6, abs=0.03 + 2.5 * slack)
    assert np.median(slight["one-sided"][slight["one-sided"] > 0]) == pytest.approx(15, abs=2)
    assert share(grave["one-sided"]) >= 0.99
    return {name: share(days) for name, days in null.items()} | {
        "power -2": share(slight["one-sided"]),
        "power -4": share(grave["one-sided"]),
    }


def test_daily_peeking_raises_no_false_alarms():
    judge_peeking(600)


@pytest.mark.validate
def test_daily_peeking_over_many_worlds():
    print(judge_peeking(10_000))


def rare_limits(worlds, control_rate, rate, kind="proportion"):
    """Worst and best case of the advantage by world and day, at 20 units a day and arm."""
    rng, days, sums = np.random.default_rng(3), 28, {}
    for prefix, share_good in (("", rate), ("control_", control_rate)):
        good = rng.binomial(20, share_good, (worlds, days)).cumsum(1).ravel()
        n = np.tile(20 * np.arange(1, days + 1), worlds)
        sums |= {prefix + "n": n, prefix + "den": n, prefix + "den2": n}
        sums |= {prefix + "num": good, prefix + "num2": good, prefix + "numden": good}
    frame = pd.DataFrame(sums).astype(float)
    new, old = (
        column(f"{{{{ comparison_variance('frame', \"'{kind}'\", prefix='{p}') }}}}", frame)
        for p in ("", "control_")
    )
    frame["se"] = np.sqrt(new + old)
    width = column("{{ sequential_half_width_one_sided('se', '(n + control_n)', '1000') }}", frame)
    difference = frame["num"] / frame["n"] - frame["control_num"] / frame["control_n"]
    return [(difference + sign * width).to_numpy().reshape(worlds, days) for sign in (-1, 1)]


def test_rare_failures_are_judged_with_care():
    """Of 20 units a day 1 % fail: neither an alarm without harm nor a pass with it, most days."""
    _, best = rare_limits(2000, 0.99, 0.99)
    assert (best[:, 1:] < 0).any(1).mean() <= 0.05
    worst, _ = rare_limits(2000, 0.995, 0.985)
    assert (worst[:, 1:] > -0.01).any(1).mean() <= 0.05


def test_no_failure_at_all_still_has_limits():
    """60 of 60 on both sides: smoothed to 61 of 62, a standard error of 2.3 points."""
    worst, best = rare_limits(1, 1, 1)
    p = 61 / 62
    standard_error = np.sqrt(2 * p * (1 - p) / 60)
    assert standard_error == pytest.approx(0.023, abs=0.0005)
    width = half_widths(standard_error, 120, 1000)[1]
    assert (worst[0, 2], best[0, 2]) == pytest.approx((-width, width), rel=1e-9)
    worst, best = rare_limits(1, 1, 1, kind="mean")
    assert np.isnan(worst).all() and np.isnan(best).all()


@pytest.mark.parametrize(
    "expression",
    [
        TWO_SIDED,
        ONE_SIDED,
        "{{ proportion_difference_lower('a', 'n', 'b', 'm') }}",
        "{{ sample_ratio_p_value('x', 'df') }}",
        "{{ non_inferiority_verdict('a', 'b', 'm') }}",
        "{{ cuped_variance('v', 'c', 'x', 'theta') }}",
        "{{ welch_df('v', 'n', 'w', 'm') }}",
        "{{ comparison_variance('t', 'kind') }}",
    ],
)
def test_spark_parses_it(expression):
    assert parses_on_spark(f"select {expression} as v from t")
