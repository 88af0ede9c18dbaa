"""Process charts against published examples, hand-worked runs and simulation."""

import numpy as np
import pandas as pd
import pytest
from macros_harness import ConfigurationError, column, parses_on_spark, render, run
from statsmodels.tsa.stattools import acf

# Defective cans in 30 samples of 50: Montgomery, table 6.1 (R package qcc, orangejuice).
ORANGE_JUICE = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22,
    8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
]  # fmt: skip
# Viscosity of aircraft primer paint, 20 trial batches and 15 more (R: qcc::viscosity).
VISCOSITY = [
    34.05, 34.40, 33.59, 35.96, 34.70, 33.51, 33.79, 34.04, 34.52, 33.75,
    33.27, 33.71, 34.03, 34.58, 34.02, 33.97, 34.05, 34.04, 33.73, 34.05,
    34.39, 33.75, 33.40, 33.27, 34.65, 34.80, 34.55, 35.40, 34.75, 34.50,
    34.70, 34.29, 34.61, 34.49, 35.03,
]  # fmt: skip
# Attendances seen within 4 hours, of all, in 20 weeks: Mohammed et al., BMJ Qual Saf 2013;22:362.
NHS_SEEN = [
    266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320,
    267923, 271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989,
]  # fmt: skip
NHS_ALL = [
    280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529,
    279618, 283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574, 273772,
]  # fmt: skip
# NIST/SEMATECH e-Handbook 6.3.2.2 (individuals) and 6.3.2.4 (EWMA, target 50, s 2.0539).
NIST_FLOWRATE = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
NIST_EWMA_DATA = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, *NIST_FLOWRATE]
NIST_EWMA = [
    50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33,
    50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99,
]  # fmt: skip


def chart(points, keys=(), arguments="", columns="*"):
    """The chart of a frame with columns t, num, den and kind."""
    return run(
        f"""select {columns}
        from ({{{{ process_chart('points', {list(keys)}, 't' {arguments}) }}}}) as c
        order by {", ".join([*keys, "t"])}""",
        points=points,
    )


def series(values, kind="mean", den=1.0):
    values = np.asarray(values, float)
    return pd.DataFrame({"t": range(1, len(values) + 1), "num": values, "den": den, "kind": kind})


# Centre 0 and moving ranges of 1.128, so that the frozen limits are -3 and 3.
BASELINE = [0.564, -0.564] * 12


def after_baseline(values):
    """The points that follow a baseline with centre 0 and sigma 1."""
    rows = chart(series([*BASELINE, *values]), arguments=", baseline_points=24").iloc[24:]
    assert rows.upper_limit.iloc[0] == pytest.approx(3)
    return rows


def test_orange_juice():
    rows = chart(series(ORANGE_JUICE, "proportion", 50), arguments=", baseline_points=30")
    last = rows.iloc[-1]
    classic = np.sqrt(0.2313333 * (1 - 0.2313333) / 50)
    assert last.centre == pytest.approx(0.2313333, abs=1e-6)
    unit = last.sigma / last.sigma_z
    assert unit == pytest.approx(classic, abs=1e-7)
    assert last.centre - 3 * unit == pytest.approx(0.05242755, abs=1e-6)
    assert last.centre + 3 * unit == pytest.approx(0.4102391, abs=1e-6)
    assert last.sigma_z > 1
    assert last.lower_limit == 0
    assert last.upper_limit == pytest.approx(last.centre + 3 * unit * last.sigma_z, abs=1e-12)


def test_orange_juice_without_two_samples():
    rows = chart(
        series(ORANGE_JUICE, "proportion", 50), arguments=", is_baseline='t not in (15, 23)'"
    )
    last = rows.iloc[-1]
    assert (last.centre, last.baseline_size) == (pytest.approx(0.215, abs=1e-6), 28)
    unit = last.sigma / last.sigma_z
    assert last.centre - 3 * unit == pytest.approx(0.04070284, abs=1e-6)
    assert last.centre + 3 * unit == pytest.approx(0.3892972, abs=1e-6)


def test_viscosity_limits_are_frozen_after_the_trial_batches():
    rows = chart(series(VISCOSITY), arguments=", baseline_points=20")
    assert len(rows) == 35
    assert rows.centre.to_numpy() == pytest.approx(34.088, abs=1e-6)
    assert rows.lower_limit.to_numpy() == pytest.approx(32.56504, abs=1e-5)
    assert rows.upper_limit.to_numpy() == pytest.approx(35.61096, abs=1e-5)
    assert rows.t[rows.is_outside].tolist() == [4]
    assert rows.is_baseline.tolist() == [True] * 20 + [False] * 15


def test_nist_individuals():
    rows = chart(series(NIST_FLOWRATE), arguments=", baseline_points=10")
    assert rows.upper_limit[9] == pytest.approx(55.8041, abs=5e-5)
    assert rows.lower_limit[9] == pytest.approx(45.8159, abs=5e-5)
    assert not rows.is_outside.any()
    assert rows.is_trial.all()


def test_nist_ewma():
    points = pd.DataFrame({"n": range(1, 21), "x": (np.array(NIST_EWMA_DATA) - 50) / 2.0539})
    rows = run(
        """select
            {{ ewma('x', 'n', 0.3, 'order by n rows between unbounded preceding and current row') }}
                as e,
            {{ ewma_limit('n', 0.3, 3) }} as early, {{ ewma_limit('1000', 0.3, 3) }} as late
        from points order by n""",
        points=points,
    )
    assert (50 + 2.0539 * rows.e).to_numpy() == pytest.approx(NIST_EWMA, abs=0.005001)
    assert 50 + 2.0539 * rows.late[0] == pytest.approx(52.5884, abs=5e-5)
    assert 50 - 2.0539 * rows.late[0] == pytest.approx(47.4115, abs=1e-4)
    assert rows.early[0] == pytest.approx(3 * 0.3)


def test_nhs_accidents():
    points = series(NHS_SEEN, "proportion", np.array(NHS_ALL))
    rows = chart(points, arguments=", baseline_points=20")
    assert rows.centre[0] == pytest.approx(0.952899711, abs=1e-9)
    assert rows.sigma_z[0] == pytest.approx(10.640422, abs=1e-6)
    assert (rows.standardised.abs() * rows.sigma_z > 3).sum() == 16
    assert rows.is_outside.sum() == 0
    # qicharts2 prints 0.9657 and 0.9653 as upper limits of weeks 1 and 4.
    assert rows.upper_limit[[0, 3]].tolist() == pytest.approx([0.9657, 0.9653], abs=5e-5)


def test_laney_u_prime_by_hand():
    """Rates 2, 4, 3, 3 with exposure 1: centre 3, z steps 2, 1, 0 over sqrt(3)."""
    rows = chart(series([2, 4, 3, 3], "rate"), arguments=", baseline_points=4")
    assert rows.centre.tolist() == [3] * 4
    assert rows.sigma_z[0] == 1  # mean moving range 1 / sqrt(3) is below 1.128
    assert rows.upper_limit[0] == pytest.approx(3 + 3 * 3**0.5)
    assert rows.lower_limit[0] == 0
    wide = chart(series([10, 40, 10, 40], "rate"), arguments=", baseline_points=4")
    assert wide.sigma_z[0] == pytest.approx(30 / 5 / 1.128)
    assert wide.upper_limit[0] == pytest.approx(25 + 3 * 30 / 1.128)


def test_rate_per_thousand_has_the_limits_of_the_rate():
    plain = chart(series([2, 4, 3, 5], "rate", 700.0))
    scaled = chart(series([2000, 4000, 3000, 5000], "rate", 700.0), arguments=", event_size='1000'")
    assert scaled.upper_limit.to_numpy() == pytest.approx(1000 * plain.upper_limit.to_numpy())


def test_proportion_limits_stay_between_0_and_1():
    rows = chart(series([1, 0, 1, 0, 1, 1], "proportion", 2))
    assert rows.lower_limit.min() == 0
    assert rows.upper_limit.max() == 1
    assert rows.near_lower_limit.min() == 0
    assert rows.near_upper_limit.max() == 1


def test_rule_1_outside():
    rows = after_baseline([3.01, 2.99, -3.01, 0.5])
    assert rows.is_outside.tolist() == [True, False, True, False]
    assert rows.special_cause_side.tolist() == [1, 0, -1, 0]


def test_rule_2_seven_on_one_side_flags_the_whole_run():
    values = [0.5, 0.1, 0.5, 0.2, 0.6, 0.3, 0.4]
    rows = after_baseline([*values, -0.1])
    assert rows.is_shift.tolist() == [True] * 7 + [False]
    assert set(rows.special_cause[:7]) == {"shift"}
    assert set(rows.special_cause_side[:7]) == {1}
    # The baseline's last value is -0.564, so six above are a run of six.
    assert not after_baseline([*values[:6], -0.1]).is_shift.any()


def test_rule_2_a_point_on_the_mean_breaks_the_run():
    rows = after_baseline([0.5, 0.1, 0.5, 0.0, 0.2, 0.6, 0.3, 0.4])
    assert not rows.is_shift.any()
    rows = after_baseline([0.0] * 8)
    assert not rows.is_shift.any()


def test_rule_3_seven_rising_points_flag_the_whole_run_and_its_first_point():
    rising = [-0.6, -0.4, -0.2, 0.1, 0.3, 0.5, 0.7]  # below the baseline's last -0.564
    rows = after_baseline([*rising, 0.2])
    assert rows.is_trend.tolist() == [True] * 7 + [False]
    assert set(rows.special_cause_side[:7]) == {1}
    assert not after_baseline([*rising[:6], 0.2]).is_trend.any()
    assert not after_baseline([-0.6, -0.4, -0.2, -0.2, 0.3, 0.5, 0.7, 0.2]).is_trend.any()


def test_rule_3_a_turning_point_belongs_to_the_later_trend():
    falling = [0.7, 0.5, 0.3, 0.1, -0.2, -0.4, -0.6]
    rows = after_baseline([*falling, -0.4, -0.2, 0.1, 0.3, 0.5, 0.7])
    assert rows.is_trend.all()
    assert rows.special_cause_side.tolist() == [-1] * 6 + [1] * 7


def test_rule_4_two_of_three_near_the_limit_on_one_side():
    assert after_baseline([2.5, 0.5, 2.5, -1]).is_two_of_three.tolist() == [
        True,
        False,
        True,
        False,
    ]
    assert after_baseline([2.5, 2.5, 0.1]).is_two_of_three.tolist() == [True, True, False]
    assert after_baseline([-2.5, -0.1, -2.5]).special_cause_side.tolist() == [-1, 0, -1]
    # The third point lies on the other side, or there is none on this side.
    assert not after_baseline([2.5, -0.5, 2.5, -1]).is_two_of_three.any()
    assert not after_baseline([2.5, 2.5, -1]).is_two_of_three.any()
    # A point beyond the limit is not one of the two.
    assert not after_baseline([3.5, 0.5, 2.5, -1]).is_two_of_three.any()


def test_runs_do_not_cross_a_rebase():
    points = series([*BASELINE, *([0.4, 0.2] * 3), *([5.4, 5.2] * 10)])
    points["episode"] = np.where(points.t <= 30, 0, 1)
    rows = chart(points, arguments=", baseline_points=24, baseline_id='episode'")
    assert not rows.is_shift.any()
    assert not rows.is_outside.any()
    assert rows.point_number.tolist() == [*range(1, 31), *range(1, 21)]
    assert rows.centre[49] == pytest.approx(5.3)
    assert rows.is_latest.tolist() == [False] * 49 + [True]


def test_trial_limits_below_twelve_points():
    rows = chart(series([*[1, 2] * 6, 3]), arguments=", baseline_points=12")
    assert not rows.is_trial.any()
    assert chart(series([*[1, 2] * 5, 3])).is_trial.all()


def test_charts_do_not_mix_and_kinds_may_differ():
    frames = {"a": series(VISCOSITY), "b": series(NHS_SEEN, "proportion", np.array(NHS_ALL))}
    frames["c"] = series([2, 4, 3, 3], "rate")
    apart = {k: chart(f).assign(metric=k) for k, f in frames.items()}
    together = pd.concat([f.assign(metric=k) for k, f in frames.items()])
    rows = chart(together.sample(frac=1, random_state=1), ["metric"])
    expected = pd.concat(apart.values()).reset_index(drop=True)[rows.columns]
    named = {"special_cause": "none"}
    pd.testing.assert_frame_equal(rows.fillna(named), expected.fillna(named), check_dtype=False)


def test_moving_ranges_are_screened_once_at_3_267_times_their_mean():
    """Nineteen ranges of 1 and one of 4.2 (3.62 times their mean) or 3.5 (3.11 times)."""
    dropped = chart(series([*[1, 2] * 10, 6.2]), arguments=", screen_moving_ranges=true")
    assert dropped.sigma_z[0] == pytest.approx(1 / 1.128)
    kept = chart(series([*[1, 2] * 10, 5.5]), arguments=", screen_moving_ranges=true")
    assert kept.sigma_z[0] == pytest.approx(22.5 / 20 / 1.128)
    assert chart(series([*[1, 2] * 10, 6.2])).sigma_z[0] == pytest.approx(23.2 / 20 / 1.128)


def test_ewma_equals_the_recursion_that_restarts_after_the_baseline():
    x = np.random.default_rng(1).normal(0, 1, 3000)
    rows = chart(series(x), arguments=", baseline_points=100")
    level, expected = 0.0, []
    for i, z in enumerate(rows.standardised):
        level = 0.2 * z + 0.8 * (0.0 if i == 100 else level)
        expected.append(level)
    assert rows.ewma.to_numpy() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    t = np.concatenate([np.arange(1, 101), np.arange(1, 2901)])
    limit = 2.86 * np.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2 * t)))
    assert rows.ewma_limit.to_numpy() == pytest.approx(limit)
    assert (rows.ewma_signal != 0).tolist() == (rows.ewma.abs() > rows.ewma_limit).tolist()


def test_autocorrelation_of_the_baseline_equals_statsmodels():
    rng = np.random.default_rng(2)
    x = np.zeros(60)
    for t in range(1, 60):
        x[t] = 0.7 * x[t - 1] + rng.normal()
    rows = chart(series(x), arguments=", baseline_points=40")
    assert rows.autocorrelation[0] == pytest.approx(acf(x[:40], nlags=1)[1], abs=1e-12)
    assert rows.is_autocorrelated.all()
    assert not chart(series([1, 2] * 10)).is_autocorrelated.any()


@pytest.mark.parametrize(
    ("values", "kind", "den"),
    [
        ([3] * 14, "mean", 1),
        ([0] * 14, "proportion", 9),
        ([9] * 14, "proportion", 9),
        ([0], "rate", 1),
    ],
)
def test_no_variation_gives_no_limits_and_no_alarm(values, kind, den):
    points = series([*values, 5], kind, den)
    rows = chart(points, arguments=f", baseline_points={len(values)}")
    assert rows.upper_limit.isna().all()
    assert not rows.is_outside.any()
    signal = chart(points.assign(direction="up", target=1), arguments=f"""
        , baseline_points={len(values)}, keep=['direction', 'target']""",
        columns="{{ variation_signal() }} as v, {{ assurance_signal() }} as a")  # fmt: skip
    assert signal.isna().all().all()


def test_points_without_value_or_size_are_left_out():
    points = series([1, 2, np.nan, 4], "proportion", [10.0, 0.0, 10.0, 10.0])
    assert chart(points).t.tolist() == [1, 4]
    assert chart(points.head(0)).empty


SIGNALS = [
    ("up", 1, "improvement_high"), ("up", -1, "concern_low"),
    ("down", 1, "concern_high"), ("down", -1, "improvement_low"),
    ("none", 1, "neutral_high"), ("none", -1, "neutral_low"), ("up", 0, "common_cause"),
]  # fmt: skip


def test_variation_signal():
    frame = pd.DataFrame(SIGNALS, columns=["direction", "special_cause_side", "v"]).assign(
        sigma=1.0
    )
    assert column("{{ variation_signal() }}", frame).tolist() == frame.v.tolist()


ASSURANCE = [
    ("up", 0.2, "pass"), ("up", 0.3, "pass"), ("up", 0.5, "hit_or_miss"),
    ("up", 0.7, "hit_or_miss"), ("up", 0.71, "fail"), ("down", 0.8, "pass"), ("down", 0.7, "pass"),
    ("down", 0.5, "hit_or_miss"), ("down", 0.29, "fail"), ("none", 0.5, None), ("up", None, None),
]  # fmt: skip


def test_assurance_signal():
    frame = pd.DataFrame(ASSURANCE, columns=["direction", "target", "v"])
    frame = frame.assign(sigma=0.1, lower_limit=0.3, upper_limit=0.7)
    got = pd.Series(column("{{ assurance_signal() }}", frame))
    assert got.fillna("").tolist() == frame.v.fillna("").tolist()


def worlds(rng, number, points, shift=0.0):
    """Charts of proportions near 80 %, n about 20,000 a day, between-day sd 1 point; the shift
    (in sds of a day's value) starts at point 29, after the baseline of 28."""
    n = rng.poisson(20_000, (number, points))
    sd = np.sqrt(0.01**2 + 0.8 * 0.2 / 20_000)
    p = 0.8 + rng.normal(0, 0.01, (number, points)) + shift * sd * (np.arange(points) >= 28)
    return pd.DataFrame(
        {
            "world": np.repeat(np.arange(number), points),
            "t": np.tile(np.arange(1, points + 1), number),
            "num": rng.binomial(n, p).ravel().astype(float),
            "den": n.ravel(),
            "kind": "proportion",
        }
    )


def test_false_alarms_of_stable_overdispersed_points():
    """At most 1 per 100 points for p'; a classic p chart gives more than 30."""
    rows = chart(worlds(np.random.default_rng(3), 1000, 48), ["world"])
    monitored = rows[~rows.is_baseline]
    assert 100 * monitored.is_outside.mean() <= 1.0
    assert 100 * (monitored.standardised.abs() * monitored.sigma_z > 3).mean() > 30


def test_ewma_finds_a_shift_of_two_sds_in_at_most_three_and_a_half_points():
    """Points until the signal, the shifted first one included; undetected counts as 40."""
    rows = chart(worlds(np.random.default_rng(4), 600, 68, shift=2.0), ["world"])
    after = rows[~rows.is_baseline].assign(delay=rows.t - 28)

    def delay(flagged):
        return flagged.groupby("world").delay.min().reindex(range(600)).fillna(40).mean()

    assert delay(after[after.ewma_signal == 1]) <= 3.5
    assert delay(after[after.is_outside]) > 5


def test_wrong_configuration_says_what_to_change():
    with pytest.raises(ConfigurationError, match=r"ewma_lambda is 1\.5, set it between 0 and 1"):
        render("{{ process_chart('p', [], 't', ewma_lambda=1.5) }}")
    with pytest.raises(ConfigurationError, match="as lists of column names"):
        render("{{ process_chart('p', 'metric_id', 't') }}")


def test_parses_on_spark():
    assert parses_on_spark("{{ process_chart('p', ['m'], 't', keep=['direction']) }}")
