"""The arithmetic of the estimate, as macros/statistics/doubly_robust.sql has it; for tests.

Every array has one entry per interaction: y the answer (NaN without one), levels their values,
p the predicted probabilities of the levels (rows x levels), pi the propensity to answer.
Source: Robins, Rotnitzky and Zhao 1994, JASA 89; with predictions from anywhere it is
prediction-powered inference with inverse probability weights, Datta and Polson, arXiv 2508.10149.
"""

import numpy as np
from scipy import stats


def expectation(p, levels):
    """Mean of the predicted distribution, in units of the levels."""
    return p @ np.asarray(levels, dtype=float)


def pseudo_outcome(y, mu, pi):
    """phi = mu + R / pi * (y - mu): its mean is that of everybody."""
    answered = ~np.isnan(y)
    return mu + np.where(answered, (np.where(answered, y, 0) - mu) / pi, 0.0)


def tilted_pseudo_outcome(y, p, pi, levels, gamma):
    """The same where a point more of satisfaction multiplies the odds of answering by e^gamma.

    With levels 0 and 1 this is phi = R y + (1-R) m0 + R (1-pi)/pi e^-gamma / D^2 (y - mu),
    D = mu e^-gamma + 1 - mu, m0 = mu e^-gamma / D.
    """
    levels = np.asarray(levels, dtype=float)
    tilt = np.exp(-gamma * (levels - levels.mean()))
    total = p @ tilt
    silent_mean = (p @ (tilt * levels)) / total
    answered = ~np.isnan(y)
    known = np.where(answered, y, levels.mean())
    weight = (1 - pi) / pi * np.exp(-gamma * (known - levels.mean())) / total
    return np.where(answered, known + weight * (known - silent_mean), silent_mean)


def mean_interval(phi, answers, low=1.0, high=5.0, design_effect=1.0):
    """(mean, lower, upper) at 95 %: Wilson on the effective size, with t on the answers.

    The mean is seen as a share of the scale from low to high. NaN limits below 2 answers, and
    where the mean leaves the scale. Source: Wilson 1927; effective size p (1 - p) / se^2.
    """
    n = len(phi)
    mean = phi.mean()
    if answers < 2:
        return mean, np.nan, np.nan
    share = (mean - low) / (high - low)
    variance = phi.var(ddof=1) / n * design_effect / (high - low) ** 2
    if not 0 < share < 1 or variance == 0:
        return mean, np.nan, np.nan
    critical = stats.t.ppf(0.975, answers - 1)
    a = critical**2 * variance / (share * (1 - share))
    centre = share + a / 2
    spread = np.sqrt(a * (share * (1 - share) + a / 4))
    limits = [low + (high - low) * (centre + sign * spread) / (1 + a) for sign in (-1, 1)]
    return mean, *np.clip(limits, low, high)


def calibration_error(predicted, observed, weights=None, bins=10):
    """Expected calibration error in equal-width bins: sum of share * |observed - predicted|."""
    weights = np.ones(len(predicted)) if weights is None else weights
    which = np.minimum((predicted * bins).astype(int), bins - 1)
    total = np.bincount(which, weights, bins)
    gap = np.bincount(which, weights * (observed - predicted), bins)
    return float(np.abs(gap).sum() / total.sum())
