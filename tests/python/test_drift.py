"""Drift: distances and tests against SciPy and statsmodels, and what they do in simulation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from macros_harness import parses_on_spark, run
from scipy import stats
from scipy.spatial.distance import jensenshannon
from statsmodels.stats.multitest import multipletests

KEYS = ["g"]


def counts(values, side, group="a"):
    """A histogram of a sample: one row per distinct value, counted on one side."""
    value, n = np.unique(values, return_counts=True)
    other = "current_n" if side == "reference_n" else "reference_n"
    return pd.DataFrame({"g": group, "value": value, side: n, other: 0})


def both(reference, current, group="a"):
    return pd.concat(
        [counts(reference, "reference_n", group), counts(current, "current_n", group)]
    )[["g", "value", "reference_n", "current_n"]]


def cells(reference, current, group="a"):
    """Two histograms over the same named cells."""
    return pd.DataFrame(
        {
            "g": group,
            "cell": range(len(reference)),
            "reference_n": reference,
            "current_n": current,
        }
    )


def distances(frame, smoothing=0.5):
    return run(
        f"{{{{ cell_distances('f', {KEYS}, smoothing={smoothing}) }}}} order by g", f=frame
    )


BINNED = """
    with h as (select *, reference_n + current_n as n from f),
    r as (select * from h where reference_n > 0),
    b as ({{ reference_bins('h', 'r', ['g']) }})
    select g, bin as cell, sum(reference_n) as reference_n, sum(current_n) as current_n
    from b group by g, bin order by g, bin
"""


def binned(frame):
    return run(BINNED, f=frame)


@pytest.fixture(scope="module")
def example():
    """The reference example of the design: a normal that moves by 0.25 and widens by 15 %."""
    rng = np.random.default_rng(20240601)
    reference = rng.normal(0, 1, 5000).round(6)
    return reference, rng.normal(0.25, 1.15, 4000).round(6)


def test_reference_example_of_a_number(example):
    frame = both(*example)
    by_bin = binned(frame)
    assert by_bin.reference_n.tolist() == [500] * 10
    assert distances(by_bin, 0).psi[0] == pytest.approx(0.073473541, abs=5e-10)
    assert distances(by_bin).js_distance[0] == pytest.approx(0.095248510, abs=5e-10)
    rows = run("{{ distribution_distances('f', ['g']) }}", f=frame)
    assert rows.wasserstein[0] == pytest.approx(0.243961778, abs=5e-10)
    assert rows.ks_statistic[0] == pytest.approx(0.1046, abs=1e-12)


def test_smoothing_adds_a_half_to_each_bin_and_normalises_again(example):
    by_bin = binned(both(*example))
    p = (by_bin.reference_n + 0.5) / 5005
    q = (by_bin.current_n + 0.5) / 4005
    assert distances(by_bin).psi[0] == pytest.approx(((q - p) * np.log(q / p)).sum(), abs=1e-12)


def test_reference_example_of_categories():
    row = distances(cells([500, 300, 150, 50, 0], [420, 330, 180, 60, 10])).iloc[0]
    assert row.chi_square == pytest.approx(22.021456804, abs=5e-10)
    assert row.psi == pytest.approx(0.054356880, abs=5e-10)
    assert row.js_distance == pytest.approx(0.080465458, abs=5e-10)
    assert row.l_infinity == pytest.approx(0.08, abs=1e-12)
    assert row.hellinger == pytest.approx(0.0895028, abs=5e-8)
    assert (row.cells, row.df) == (5, 4)
    tail = tails([row.chi_square], [4])
    assert tail[0] == pytest.approx(1.98e-4, abs=5e-7)


def tails(x, df):
    frame = pd.DataFrame({"i": range(len(x)), "chi_square": x, "df": df})
    return run("{{ chi_square_tails('f', ['i']) }} order by i", f=frame).p_value.to_numpy()


def test_chi_square_tail_equals_scipy():
    df = np.repeat([1, 2, 3, 4, 5, 8, 9, 10, 13, 20, 49, 50, 199, 500, 1999, 2000], 12)
    quantiles = [1e-12, 1e-8, 1e-5, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999, 1]
    x = stats.chi2.isf(np.tile(quantiles, 16), df)
    expected = stats.chi2.sf(x, df)
    assert tails(x, df) == pytest.approx(expected, rel=2e-7)
    even = df % 2 == 0
    assert tails(x, df)[even] == pytest.approx(expected[even], rel=1e-11)
    assert np.isnan(tails([5.0, 5.0], [0, 2001])).all()
    assert tails([0.0], [3]).tolist() == [1]


def test_distances_equal_scipy():
    rng = np.random.default_rng(5)
    frames, expected = [], []
    for g in range(40):
        k = int(rng.integers(2, 15))
        p, q = rng.dirichlet(np.ones(k)), rng.dirichlet(np.ones(k))
        a, b = rng.multinomial(500, p), rng.multinomial(300, q)
        a, b = a[a + b > 0], b[a + b > 0]
        frames.append(cells(a, b, f"{g:02}"))
        chi = stats.chi2_contingency([a, b], correction=False)
        pa, qb = a / 500, b / 300
        expected.append(
            {
                "js_distance": jensenshannon(a, b),
                "chi_square": chi.statistic,
                "df": chi.dof,
                "l_infinity": abs(pa - qb).max(),
                "hellinger": np.sqrt(1 - np.sqrt(pa * qb).sum()),
            }
        )
    rows = distances(pd.concat(frames))
    for name, values in pd.DataFrame(expected).items():
        assert rows[name].to_numpy() == pytest.approx(values.to_numpy(), rel=1e-10, abs=1e-12)
    names = ["js_distance", "l_infinity"]
    assert abs(rows[names] - pd.DataFrame(expected)[names]).to_numpy().max() < 1e-12


def test_distribution_distances_equal_scipy():
    rng = np.random.default_rng(6)
    frames, ks, w1 = [], [], []
    for g in range(30):
        a = rng.normal(0, 1, int(rng.integers(1, 400))).round(int(rng.integers(0, 4)))
        b = rng.gamma(2, 1, int(rng.integers(1, 400))).round(1)
        frames.append(both(a, b, f"{g:02}"))
        ks.append(stats.ks_2samp(a, b).statistic)
        w1.append(stats.wasserstein_distance(a, b))
    rows = run("{{ distribution_distances('f', ['g']) }} order by g", f=pd.concat(frames))
    assert rows.ks_statistic.to_numpy() == pytest.approx(ks, abs=1e-12)
    assert rows.wasserstein.to_numpy() == pytest.approx(w1, abs=1e-12)


def test_bins_are_those_of_numpy_quantiles_with_ties_and_open_ends():
    rng = np.random.default_rng(7)
    for size in (7, 10, 11, 100, 501):
        reference = rng.integers(0, 30, size).astype(float)
        current = rng.integers(-20, 60, 80).astype(float)
        edges = np.quantile(reference, np.arange(1, 10) / 10)
        expected = pd.DataFrame(
            {
                "reference_n": np.bincount(np.searchsorted(edges, reference), minlength=10),
                "current_n": np.bincount(np.searchsorted(edges, current), minlength=10),
            }
        )
        rows = binned(both(reference, current)).set_index("cell")
        rows = rows[["reference_n", "current_n"]].reindex(range(10), fill_value=0)
        assert rows.reference_n.tolist() == expected.reference_n.tolist()
        assert rows.current_n.tolist() == expected.current_n.tolist()


def test_an_empty_side_has_no_distance():
    row = distances(cells([5, 5], [0, 0])).iloc[0]
    assert row[["psi", "psi_chi_square", "js_distance", "chi_square", "hellinger"]].isna().all()
    rows = run("{{ distribution_distances('f', ['g']) }}", f=cells([5, 5], [0, 0]).assign(value=1))
    assert rows[["ks_statistic", "wasserstein"]].isna().all().all()


def test_mix_dispersion_is_pearsons_statistic_of_the_weeks_over_its_degrees_of_freedom():
    rng = np.random.default_rng(9)
    frames, expected = [], []
    for g in range(20):
        shares = rng.dirichlet([40, 30, 20, 5], 8)
        table = np.array([rng.multinomial(int(rng.integers(50, 900)), p) for p in shares])
        chi = stats.chi2_contingency(table[:, table.sum(0) > 0], correction=False)
        expected.append(max(1, chi.statistic / chi.dof))
        frame = pd.DataFrame(table).stack().reset_index(name="n")
        frames.append(
            frame.rename(columns={"level_0": "week_starts_on", "level_1": "cell"}).assign(g=g)
        )
    rows = run("{{ mix_dispersion('f', ['g']) }} order by g", f=pd.concat(frames))
    assert rows.dispersion.to_numpy() == pytest.approx(expected, rel=1e-9)
    assert rows.dispersion.max() > 2


def test_q_values_equal_statsmodels():
    p = np.random.default_rng(8).random(300) ** 3
    p[10] = p[11]
    frame = pd.DataFrame({"i": range(300), "p_value": p})
    rows = run("select * from ({{ benjamini_hochberg('f', ['i']) }}) order by i", f=frame)
    expected = multipletests(p, method="fdr_bh")[1]
    assert rows.q_value.to_numpy() == pytest.approx(expected, abs=1e-12)


def student_p(t, df):
    frame = pd.DataFrame({"i": range(len(t)), "t": t, "v": df})
    return run(
        """select {{ normal_p_value('z') }} as p from (
            select i, {{ student_z('y', 'v') }} as z from (
                select i, v, {{ student_y('t', 'v') }} as y from f
            )
        ) order by i""",
        f=frame,
    ).p.to_numpy()


def test_student_p_value_against_scipy():
    df = np.repeat([3.0, 4, 7, 12.5, 30, 107, 1e4], 60)
    t = np.tile(np.linspace(0, 40, 60), 7)
    p = 2 * stats.t.sf(t, df)
    got = student_p(t, df)

    def worst(rows):
        return abs(got[rows] / p[rows] - 1).max()

    assert worst(p > 0.005) < 2e-3
    assert worst((p > 0.005) & (df >= 7)) < 1e-5
    assert worst((p > 1e-7) & (df >= 7)) < 1e-2


# --- size and power -------------------------------------------------------------------------------


def psi_p_values(rng, worlds, n, m, draw):
    """p-values of the stability index between two samples of the same (or another) source."""
    reference = [draw(rng, n, 0) for _ in range(worlds)]
    current = [draw(rng, m, 1) for _ in range(worlds)]
    side = np.repeat([0, 1], [n, m])
    frame = pd.DataFrame(
        {
            "g": np.repeat(np.arange(worlds), n + m),
            "value": np.concatenate([np.concatenate(x) for x in zip(reference, current)]),
            "reference_n": 1 - np.tile(side, worlds),
            "current_n": np.tile(side, worlds),
        }
    )
    rows = distances(binned(frame))
    return tails(rows.psi_chi_square, rows.df), rows.psi


def stable(rng, size, _):
    return rng.normal(0, 1, size)


def drifted(rng, size, side):
    return rng.normal(0.35 * side, 1 + 0.1 * side, size)


@pytest.mark.parametrize(("n", "m"), [(100, 100), (500, 300)])
def test_size_of_the_psi_test(n, m):
    """5 % nominal: 3.5 to 6.5 % in 1,500 worlds (a standard error of 0.56 points)."""
    p, psi = psi_p_values(np.random.default_rng(n), 1500, n, m, stable)
    assert 0.035 <= (p < 0.05).mean() <= 0.065
    if m == 100:  # The customary cut-off is no test.
        assert (psi > 0.1).mean() > 0.7


def test_psi_finds_a_drift():
    p, _ = psi_p_values(np.random.default_rng(2), 200, 1000, 500, drifted)
    assert (p < 0.05).mean() > 0.99


@pytest.mark.validate
@pytest.mark.parametrize(
    ("n", "m"), [(100, 100), (1000, 50), (1000, 100), (1000, 300), (2000, 1500)]
)
def test_size_of_the_psi_test_in_many_worlds(n, m):
    p, _ = psi_p_values(np.random.default_rng(n + m), 10_000, n, m, stable)
    assert 0.04 <= (p < 0.05).mean() <= 0.06


SUMS = ["n", "num", "den", "num2", "den2", "numden"]
SHIFTS = """
    with weekly as (select * from f where week <= 8),
    current_weeks as (select * from f where week > 8),
    baselines as ({{ ratio_dispersion('weekly', ['world', 'slice'], ['world'], 8) }}),
    windows as (
        select
            b.world, b.slice, b.own_dispersion, b.dispersion, b.dispersion_df,
            {% for s in ['n', 'num', 'den', 'num2', 'den2', 'numden'] %}
            b.{{ s }} as baseline_{{ s }}, c.{{ s }} as current_{{ s }}
            {{- "," if not loop.last }}
            {% endfor %}
        from baselines as b
        inner join (
            select world, slice,
            {% for s in ['n', 'num', 'den', 'num2', 'den2', 'numden'] %}
            sum({{ s }}) as {{ s }}{{ "," if not loop.last }}
            {% endfor %}
            from current_weeks group by world, slice
        ) as c on b.world = c.world and b.slice = c.slice
    ),
    shifts as ({{ window_shift(
        'windows', ['world', 'slice', 'own_dispersion', 'dispersion', 'dispersion_df'],
        floor=FLOOR
    ) }})
    {{ benjamini_hochberg(
        'shifts',
        ['world', 'slice', 'own_dispersion', 'dispersion', 'dispersion_df', 'value',
        'baseline_value', 'effect', 'standard_error', 'lower_95', 'upper_95', 'p_value'],
        partition_columns=['world']
    ) }} order by world, slice
"""


def shifts(frame, floor="1e0"):
    return run(SHIFTS.replace("FLOOR", repr(floor)), f=frame)


def series(rng, worlds, slices, size, between, p=0.85, shift=0.0, shifted=0, weeks=12):
    """Weekly proportions of units: n of about `size`, over-dispersed by `between` (sd of a week's
    rate); the first `shifted` slices move by `shift` after week 8."""
    shape = (worlds, slices, weeks)
    n = rng.poisson(np.broadcast_to(np.reshape(size, (1, -1, 1)), shape)) + 1
    moved = (np.arange(weeks) >= 8) & (np.arange(slices)[:, None] < shifted)
    rate = np.clip(p + rng.normal(0, 1, shape) * between + shift * moved, 0.001, 0.999)
    num = rng.binomial(n, rate)
    index = np.indices(shape).reshape(3, -1)
    frame = pd.DataFrame({"world": index[0], "slice": index[1], "week": index[2] + 1})
    for name in SUMS:
        source = num if name in ("num", "num2", "numden") else n
        frame[name] = source.ravel().astype(float)
    return frame
