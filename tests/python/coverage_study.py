"""Many simulated worlds: what metric_estimates says of each metric, and what is true of it."""

import re
import shutil
import sys

import duckdb
import numpy as np
import pandas as pd
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Replay
from scipy import stats

sys.path.insert(0, str(PROJECT_ROOT))

from scripts.simulate import World
from scripts.simulate.metric_truth import metric_sums
from scripts.simulate.model import Effects

# Of the planted scenes only the one that makes offers: every world has as many of each, so that
# worlds would differ too little. Violations of severity 1 are rare in the demo: here are some.
SIZE = {
    "weeks": 26,
    "customers": 500,
    "with_stories": ("deflection",),
    "effects": Effects(severe_violations=0.01, unengaged=0.04),
}
# What the study reads of a world: all time, overall.
ESTIMATES = """
    select
        estimates.metric_id, glossary.kind, estimates.value, estimates.lower_95,
        estimates.upper_95, estimates.n, estimates.status, sums.num, sums.den
    from metric_estimates as estimates
    inner join metric_glossary as glossary using (metric_id)
    left join (
        select metric_id, sum(num) as num, sum(den) as den
        from metric_daily
        where is_mature
        group by metric_id
    ) as sums using (metric_id)
    where estimates.period = 'all' and estimates.slice_dimension = 'overall'
"""
BINS = """
    select
        metric_id, glossary.quantile, bin, cast(sum(observed_n) as bigint) as observed_n,
        cast(sum(censored_n) as bigint) as censored_n
    from metric_daily_bins
    inner join metric_glossary as glossary using (metric_id)
    where is_mature
    group by all
"""
KINDS_OF_EFFORT = ["intent_id", "is_offer", "is_good", "turns", "trouble"]
# What deflection_to_value compares: how many journeys and offers are alike in intent, turns and
# points for trouble. Offers are good but for their effort; NULL turns are journeys without a bot.
EFFORTS = """
    select
        intent_id, is_offer, is_good, turns, round(trouble, 6) as trouble,
        cast(count(*) as bigint) as units
    from (
        select
            journeys.intent_id, false as is_offer, false as is_good,
            journeys.customer_turns as turns,
            effort.clarifications_points + effort.repeats_points
            + effort.reauthentications_points as trouble
        from int_journeys_effort as effort
        inner join fct_journeys as journeys using (journey_id)
        where journeys.is_mature
        union all
        select
            offers.intent_id, true, is_accepted and is_completed_there and is_without_recontact,
            case when effort.journey_id is not null then journeys.customer_turns end,
            effort.clarifications_points + effort.repeats_points + effort.reauthentications_points
        from int_shift_offers_judged as offers
        inner join fct_journeys as journeys using (journey_id)
        left join int_journeys_effort as effort using (journey_id)
        where offers.is_mature
    )
    group by all
"""

# The estimates by period, slice and day are made as the one overall, and take most of the time.
DIMENSIONS = re.compile(r",\s+intent_id,\s+channel,\s[^()]*?release_id")


def without_dimensions(code):
    """Statistics by day and maturity only."""
    return DIMENSIONS.sub("", code)


def without_slices(code):
    """The first of the parts of a union, up to the end of its last one."""
    last = code.index("),", code.rindex("from bins")) if "from bins" in code else len(code)
    return code[: code.index("union all")] + code[last:]


def without_periods(code):
    """The first of the periods, all time."""
    first = code.index("union all", code.index("dated as ("))
    return code[:first] + code[code.index("),", code.index("'day' as period", first)) :]


CUTS = {
    "metric_daily": without_dimensions,
    "metric_daily_bins": without_dimensions,
    "metric_slices": without_slices,
    "metric_quantiles": lambda code: without_periods(without_slices(code)),
    "metric_estimates": without_periods,
}


class Study:
    """Worlds of one size, built by the SQL that dbt compiled for the first of them."""

    def __init__(self, dbt, folder):
        """dbt: the fixture. folder: an empty one to work in."""
        self.folder = folder
        self.first_raw = folder / "first"
        World(0, **SIZE).write_csv(self.first_raw)
        run = dbt(
            "build",
            "--exclude-resource-type",
            "test",
            "--exclude-resource-type",
            "unit_test",
            "--select",
            "+metric_estimates",
            vars={"cx_demo_path": str(self.first_raw)},
        )
        self.replay = Replay(run)
        codes = {node.name: node.compiled_code for node in self.replay.models}
        self.overall_only = {codes[name]: cut(codes[name]) for name, cut in CUTS.items()}

    def world(self, seed):
        """One world's estimates with the true sums beside them, its bins and its efforts."""
        world = World(seed, **SIZE)
        raw = self.folder / f"raw_{seed}"
        world.write_csv(raw)
        database = self.replay.build(
            self.folder / f"world_{seed}" / DATABASE_FILE,
            replace=self.overall_only | {str(self.first_raw): str(raw)},
        )
        with duckdb.connect(str(database), read_only=True) as connection:
            estimates = connection.execute(ESTIMATES).df()
            bins = connection.execute(BINS).df()
            efforts = connection.execute(EFFORTS).df()
        shutil.rmtree(raw)
        shutil.rmtree(database.parent)
        truth = metric_sums(world)
        for place, name in enumerate(("true_num", "true_den")):
            estimates[name] = estimates["metric_id"].map(
                lambda metric_id, place=place: truth.get(metric_id, (None, None))[place]
            )
        return tuple(frame.assign(seed=seed) for frame in (estimates, bins, efforts))

    def worlds(self, seeds):
        """The same of many worlds, one after the other."""
        frames = [self.world(seed) for seed in seeds]
        return tuple(pd.concat(parts, ignore_index=True) for parts in zip(*frames, strict=True))


def coverage(estimates, bins, efforts):
    """One row per metric: the share of worlds whose interval holds the value it estimates.

    Columns: kind, worlds, n and half_width (means), nominal, population and truth (shares of
    worlds). The population's value is that of all other worlds together; truth the same by the
    generator's own objects, NULL where it keeps none. Both have an error themselves: the interval
    is widened by it. Nominal is 97.5 % in worlds whose upper limit is unknown.
    """
    rows = {}
    for metric_id, worlds in estimates.groupby("metric_id"):
        worlds = worlds.dropna(subset=["value", "lower_95"]).reset_index(drop=True)
        if worlds.empty:
            continue
        kind = worlds["kind"].iloc[0]
        if kind == "quantile":
            population = quantiles_of_others(bins[bins["metric_id"] == metric_id], worlds["seed"])
        elif metric_id == "deflection_to_value":
            population = deflected_of_others(efforts, worlds["seed"])
        else:
            population = ratio_of_others(worlds, "num", "den")
        truth = ratio_of_others(worlds, "true_num", "true_den")
        upper = worlds["upper_95"].fillna(np.inf)
        rows[metric_id] = {
            "kind": kind,
            "worlds": len(worlds),
            "n": worlds["n"].mean(),
            "half_width": ((worlds["upper_95"] - worlds["lower_95"]) / 2).mean(),
            "nominal": 0.95 + 0.025 * worlds["upper_95"].isna().mean(),
            "population": covered(worlds, upper, population).mean(),
            "truth": covered(worlds, upper, truth).mean() if truth.notna().all() else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def covered(worlds, upper, target):
    """Whether each world's interval, widened for the error of the target, holds it."""
    factor = np.sqrt(1 + 1 / (len(worlds) - 1))
    is_above = worlds["value"] - factor * (worlds["value"] - worlds["lower_95"]) <= target
    return is_above & (target <= worlds["value"] + factor * (upper - worlds["value"]))


def ratio_of_others(worlds, numerator, denominator):
    """For each world the ratio of the sums of all others."""
    return (worlds[numerator].sum() - worlds[numerator]) / (
        worlds[denominator].sum() - worlds[denominator]
    )


def deflected_of_others(efforts, seeds):
    """For each world the share of offers that deflect to value in all others together.

    The median effort is that of the others together too: the mean of the worlds' own shares is no
    truth, as the medians of single worlds fall on one or another of a few values.
    """
    total = efforts.groupby(KINDS_OF_EFFORT, dropna=False)["units"].sum()
    found = []
    for seed in seeds:
        own = efforts[efforts["seed"] == seed].groupby(KINDS_OF_EFFORT, dropna=False)["units"].sum()
        found.append(share_deflected(total.sub(own, fill_value=0).reset_index()))
    return pd.Series(found)


def share_deflected(efforts):
    """Offers that are good and of at most median effort, of all whose effort matters and is known.

    efforts: units by KINDS_OF_EFFORT. Effort by the rules of METRICS.md, in plain Python.
    """
    deflected = judged = 0
    for _, kinds in efforts.groupby("intent_id"):
        journeys, offers = kinds[~kinds["is_offer"]], kinds[kinds["is_offer"]]
        median_turns = weighted_median(journeys["turns"], journeys["units"])
        median = weighted_median(points(journeys, median_turns), journeys["units"])
        is_easy = points(offers, median_turns) <= median + 1e-6
        is_judged = ~offers["is_good"] | offers["turns"].notna()
        deflected += offers["units"][offers["is_good"] & is_easy].sum()
        judged += offers["units"][is_judged].sum()
    return deflected / judged


def points(kinds, median_turns):
    """Points of effort: those for trouble, and for turns beyond the median up to 20 for 6."""
    return kinds["trouble"] + 20 / 6 * (kinds["turns"] - median_turns).clip(0, 6)


def weighted_median(values, counts):
    """The median of values that occur as often as counts say."""
    return np.median(np.repeat(values.to_numpy(float), counts.to_numpy(int)))


def quantiles_of_others(bins, seeds):
    """For each world the Kaplan-Meier quantile of all others together."""
    counts = {
        name: bins.pivot_table(index="bin", columns="seed", values=name, aggfunc="sum").fillna(0)
        for name in ("observed_n", "censored_n")
    }
    total = {name: table.sum(axis=1) for name, table in counts.items()}
    quantile = bins["quantile"].iloc[0]
    found = []
    for seed in seeds:
        observed, censored = (total[name] - counts[name][seed] for name in counts)
        left = (observed + censored)[::-1].cumsum()[::-1]
        survival = (1 - observed / left.where(left > 0)).fillna(1).cumprod()
        reached = survival.index[survival <= 1 - quantile + 1e-9]
        found.append(bin_value(reached[0]) if len(reached) else np.inf)
    return pd.Series(found)


def bin_value(number):
    """The value that stands for a bin of macro log_bin."""
    growth = 1.01 / 0.99
    return 2 * growth**number / (growth + 1)


def bounds(worlds, nominal=0.95, error=0.001):
    """Shares of worlds between which an interval of nominal coverage lies but for `error`."""
    limits = stats.binom.ppf([error / 2, 1 - error / 2], worlds, nominal)
    return limits / worlds
