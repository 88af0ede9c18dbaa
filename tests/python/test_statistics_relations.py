"""Log bins, decomposition, false-discovery control and shrinkage, as relation macros."""

import numpy as np
import pandas as pd
import pytest
from macros_harness import column, parses_on_spark, run
from statsmodels.stats.multitest import multipletests

QUANTILES = "{'median': 0.5, 'p90': 0.9, 'p95': 0.95}"


def binned(values, **groups):
    """Rows of bin and n, as metric models would store them."""
    frame = pd.DataFrame({"value": values, **groups})
    return run(
        "select {{ log_bin('value') }} as bin, count(*) as n"
        + "".join(f", {g}" for g in groups)
        + " from frame group by all",
        frame=frame,
    )


def quantiles(bins, group_by=()):
    return run(
        f"{{{{ log_bin_quantiles('bins', {list(group_by)}, {QUANTILES}) }}}} order by all",
        bins=bins,
    )


def test_a_bin_represents_each_of_its_values_to_one_percent():
    values = np.geomspace(1e-6, 1e9, 200_001)
    got = column("{{ log_bin_value(log_bin('x')) }}", pd.DataFrame({"x": values}))
    assert np.abs(got / values - 1).max() < 0.01 + 1e-12


def test_zero_and_below_share_a_bin_and_null_has_none():
    frame = pd.DataFrame({"x": [0.0, -3.0, None]})
    assert column("{{ log_bin('x') }}", frame)[:2].tolist() == [-100000, -100000]
    assert column("{{ log_bin_value(log_bin('x')) }}", frame)[:2].tolist() == [0, 0]
    assert pd.isna(column("{{ log_bin('x') }}", frame)[2])


@pytest.mark.parametrize("n", [1, 2, 7, 1000, 20_000])
def test_quantiles_are_within_one_percent_of_numpy(n):
    rng = np.random.default_rng(n)
    for values in (rng.lognormal(5, 2, n), rng.exponential(300, n), rng.integers(0, 4, n) * 1.0):
        row = quantiles(binned(values)).iloc[0]
        exact = np.quantile(values, [0.5, 0.9, 0.95], method="inverted_cdf")
        assert row.n == n
        assert np.allclose(row[["median", "p90", "p95"]].astype(float), exact, rtol=0.01)


def test_bins_add_up():
    rng = np.random.default_rng(5)
    values = rng.lognormal(4, 1, 4000)
    day = rng.integers(0, 30, 4000)
    whole, parts = quantiles(binned(values)), quantiles(binned(values, day=day))
    assert whole.equals(parts)
    by_day = quantiles(binned(values, day=day), ["day"]).set_index("day")
    for d in range(30):
        exact = np.quantile(values[day == d], 0.9, method="inverted_cdf")
        assert by_day.loc[d, "p90"] == pytest.approx(exact, rel=0.01)


def test_quantile_limits_cover_and_are_withheld_for_small_samples():
    rng = np.random.default_rng(6)
    worlds = np.repeat(np.arange(1500), 80)
    rows = quantiles(binned(rng.exponential(1, worlds.size), world=worlds), ["world"])
    for name, q in (("median", 0.5), ("p90", 0.9)):
        truth = -np.log(1 - q)
        known = rows[rows[f"{name}_lower"].notna() & rows[f"{name}_upper"].notna()]
        # Bins widen the limits by at most 1 %.
        covered = (known[f"{name}_lower"] * 0.99 <= truth) & (
            known[f"{name}_upper"] * 1.01 >= truth
        )
        assert covered.mean() >= 0.94, name
    small = quantiles(binned(np.arange(1.0, 6.0))).iloc[0]
    assert pd.isna(small.p95_upper)
    assert not pd.isna(small.p95)


def test_quantile_limits_are_order_statistics():
    """n = 100: ranks floor(50 - 9.8) = 40 and ceil(50 + 9.8) + 1 = 61, of values 10 % apart."""
    row = quantiles(binned(1.1 ** np.arange(1, 101))).iloc[0]
    assert row.median_lower == pytest.approx(1.1**40, rel=0.01)
    assert row.median_upper == pytest.approx(1.1**61, rel=0.01)


def test_kitagawa_by_hand():
    """Shares .8/.2 to .5/.5, rates 100/300 to 110/300: mix +.3 * 200 - .3 * 5, within 10 * .65."""
    cells = pd.DataFrame(
        [
            (1, "easy", 8000, 80),
            (1, "hard", 6000, 20),
            (2, "easy", 5500, 50),
            (2, "hard", 15000, 50),
        ],
        columns=["period", "path", "num", "den"],
    )
    rows = run("{{ kitagawa('cells', 'period', 'path') }} order by path", cells=cells)
    assert rows.mix_effect.tolist() == pytest.approx([-0.3 * 105, 0.3 * 300])
    assert rows.within_effect.tolist() == pytest.approx([10 * 0.65, 0])
    assert rows.overall_change.tolist() == pytest.approx([205 - 140] * 2)


def test_kitagawa_adds_up_with_absent_categories_and_partitions():
    rng = np.random.default_rng(7)
    cells = pd.DataFrame(
        [
            (m, p, c, rng.uniform(0, 50), float(rng.integers(0, 4)))
            for m in "ab" for p in range(6) for c in range(5) if rng.random() < 0.7
        ],
        columns=["metric", "period", "category", "num", "den"],
    )  # fmt: skip
    cells.loc[len(cells)] = ["a", 3, 9, 25.0, 0.0]
    rows = run(
        "{{ kitagawa('cells', 'period', 'category', partition_columns=['metric']) }}", cells=cells
    )
    totals = cells.groupby(["metric", "period"])[["num", "den"]].sum()
    change = (totals.num / totals.den).groupby("metric").diff().dropna()
    got = rows.assign(e=rows.mix_effect + rows.within_effect).groupby(["metric", "period"]).e.sum()
    assert got.to_dict() == pytest.approx(change.to_dict(), abs=1e-9)


def test_benjamini_hochberg_equals_statsmodels():
    rng = np.random.default_rng(8)
    tests = pd.DataFrame({"i": range(400), "family": rng.integers(0, 3, 400)})
    tests["p_value"] = rng.choice(np.append(rng.random(150) ** 3, np.nan), 400)
    got = run(
        "{{ benjamini_hochberg('tests', ['i'], partition_columns=['family']) }} order by i",
        tests=tests,
    ).q_value
    expected = pd.Series(np.nan, index=tests.index)
    for _, family in tests.dropna().groupby("family"):
        expected[family.index] = multipletests(family.p_value, method="fdr_bh")[1]
    assert np.allclose(got, expected, rtol=0, atol=1e-12, equal_nan=True)


def shrink(cells, columns=("i",), extra=""):
    return run(
        f"{{{{ empirical_bayes('cells', {list(columns)}, 'x', 'n' {extra}) }}}} order by all",
        cells=cells,
    )


def test_empirical_bayes_by_hand():
    """10/20 and 30/40: mu = 2/3, S = 20/36 + 40/144 = 5/6, A = 60 - 2000/60."""
    rho = (5 / 6 - 2 / 9) / (2 / 9 * (60 - 2000 / 60 - 1))
    rows = shrink(pd.DataFrame({"i": [1, 2], "x": [10, 30], "n": [20, 40]}))
    weight = np.array([20, 40]) * rho / (np.array([20, 40]) * rho + 1 - rho)
    assert rows.eb_mean.tolist() == pytest.approx([2 / 3] * 2)
    assert rows.eb_value.tolist() == pytest.approx(weight * [0.5, 0.75] + (1 - weight) * 2 / 3)


def test_empirical_bayes_edges():
    same = shrink(pd.DataFrame({"i": [1, 2, 3], "x": [5, 10, 0], "n": [10, 20, 0]}))
    assert same.eb_value.tolist() == pytest.approx([0.5] * 3)
    assert same.eb_weight.tolist() == [0, 0, 0]
    alone = shrink(pd.DataFrame({"i": [1], "x": [3], "n": [4]}))
    assert (alone.eb_value[0], alone.eb_weight[0]) == (0.75, 1)
    never = shrink(pd.DataFrame({"i": [1, 2], "x": [0, 0], "n": [4, 9]}))
    assert never.eb_value.tolist() == [0, 0]


def test_empirical_bayes_ranks_better_than_raw_rates():
    """RMSE at most 0.75 of the raw rates' over 300 worlds of 40 cells, median n 37."""
    rng = np.random.default_rng(9)
    truth = rng.beta(14, 6, (300, 40))
    n = np.clip(rng.lognormal(np.log(37), 1, (300, 40)).round(), 2, None)
    x = rng.binomial(n.astype(int), truth)
    world = np.repeat(np.arange(300), 40)
    cells = pd.DataFrame({"world": world, "i": np.tile(np.arange(40), 300)})
    cells["x"], cells["n"] = x.ravel(), n.ravel()
    rows = shrink(cells, ("world", "i"), ", partition_columns=['world']")
    rmse = np.sqrt(np.mean((rows.eb_value.to_numpy() - truth.ravel()) ** 2))
    raw = np.sqrt(np.mean((x / n - truth) ** 2))
    assert rmse <= 0.75 * raw, (rmse, raw)


@pytest.mark.parametrize(
    "relation",
    [
        "log_bin_quantiles('b', ['g'], {'median': 0.5})",
        "kitagawa('c', 'period', 'category', partition_columns=['m'])",
        "benjamini_hochberg('t', ['i'])",
        "empirical_bayes('c', ['i'])",
    ],
)
def test_relations_parse_on_spark(relation):
    assert parses_on_spark(f"{{{{ {relation} }}}}")
