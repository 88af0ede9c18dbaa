"""95 % intervals of slices that metric_estimates does not hold, by the project's own methods."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

Z = stats.norm.ppf(0.975)


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % limits (None: not computable) and the number of units behind it."""

    value: float | None
    lower: float | None
    upper: float | None
    n: int


def wilson(p, size, critical=Z):
    """Wilson limits of a proportion p (0 to 1) of `size` independent units (Wilson 1927)."""
    a = critical**2 / size
    half = math.sqrt(a * (p * (1 - p) + a / 4))
    return (p + a / 2 - half) / (1 + a), (p + a / 2 + half) / (1 + a)


def ratio_error(pairs, value):
    """Standard error of sum(x) / sum(d) over independent clusters (Cochran 1977, ch. 6)."""
    n = len(pairs)
    squares = sum((x - value * d) ** 2 for x, d in pairs)
    return math.sqrt(n / (n - 1) * squares) / sum(d for _, d in pairs)


def proportion(pairs) -> Estimate:
    """Share of units, from (successes, units) of each customer, whose units are not independent.

    Wilson on the effective number of units: z where every customer has one unit, else t on the
    customers less one. Nothing or everything: the exact one-sided bound on the customers.
    """
    pairs = [(x, d) for x, d in pairs if d]
    units = sum(d for _, d in pairs)
    if not units:
        return Estimate(None, None, None, 0)
    n, p = len(pairs), sum(x for x, _ in pairs) / units
    if p in (0, 1):
        bound = 0.05 ** (1 / n)
        lower, upper = (0.0, 1 - bound) if p == 0 else (bound, 1.0)
    elif n == units:
        lower, upper = wilson(p, n)
    else:
        squares = sum((x - p * d) ** 2 for x, d in pairs)
        size = p * (1 - p) * units**2 / squares if squares else units
        lower, upper = wilson(p, size, stats.t.ppf(0.975, n - 1))
    return Estimate(p, lower, upper, int(units))


def ratio(pairs) -> Estimate:
    """sum(x) / sum(d) over independent units, with t(n - 1) times its standard error either way."""
    denominator = sum(d for _, d in pairs)
    if len(pairs) < 2 or not denominator:
        return Estimate(None, None, None, len(pairs))
    value = sum(x for x, _ in pairs) / denominator
    half = stats.t.ppf(0.975, len(pairs) - 1) * ratio_error(pairs, value)
    return Estimate(value, value - half, value + half, len(pairs))


def paired_difference(pairs) -> dict:
    """Mean of after - before (0 or 1 each) over the same tasks, with its t interval.

    gained, lost: the tasks that only the later, only the earlier release did. p_value: exact
    McNemar test. No limits where no task changed: a width of zero would claim certainty.
    """
    gained = sum(after > before for before, after in pairs)
    lost = sum(after < before for before, after in pairs)
    changed = gained + lost
    estimate = ratio([(after - before, 1) for before, after in pairs])
    if not changed:
        estimate = Estimate(0.0, None, None, len(pairs))
    p_value = stats.binomtest(gained, changed).pvalue if changed else 1.0
    return {"estimate": estimate, "gained": gained, "lost": lost, "p_value": float(p_value)}
