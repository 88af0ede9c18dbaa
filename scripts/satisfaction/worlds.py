"""Simulated companies whose true satisfaction is known, to see estimators fail or hold.

20,000 interactions by default, 8 intents from 30 % down to 2 %, about 80 % satisfied; about 8 %
answer. Who answers: mcar (anybody), mar (by sentiment, recontact, bot, escalation), misspecified
(the same, bent, with satisfaction that no linear predictor describes), mnar (also by satisfaction
itself: gamma is the logarithm of the odds ratio).
"""

from functools import cache

import numpy as np
import pandas as pd

INTENT_SHARES = np.array([0.30, 0.20, 0.15, 0.12, 0.10, 0.07, 0.04, 0.02])
INTENT_EFFECTS = np.array([0.5, 0.2, 0.0, -0.4, 0.3, -0.8, 0.1, -1.0])
SCENARIOS = ("mcar", "mar", "misspecified", "mnar")


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def features(rng, n):
    """What is seen of n interactions, as a frame."""
    intent = rng.choice(len(INTENT_SHARES), n, p=INTENT_SHARES)
    bot = rng.random(n) < 0.6
    sentiment = rng.normal(0.15 + 0.4 * INTENT_EFFECTS[intent], 1.0)
    escalated = rng.random(n) < _sigmoid(-1.6 - 0.5 * sentiment + 0.5 * bot)
    recontact = rng.random(n) < _sigmoid(-1.7 - 0.7 * sentiment + 0.3 * escalated)
    return pd.DataFrame(
        {
            "intent_id": np.char.add("intent_", intent.astype(str)).astype(object),
            "sentiment": sentiment,
            "is_bot": bot.astype(float),
            "is_escalated": escalated.astype(float),
            "later_recontact": recontact.astype(float),
        }
    )


def true_satisfied(frame, scenario):
    """P(satisfied) of each interaction."""
    s = frame["sentiment"].to_numpy()
    intent = frame["intent_id"].str[-1].astype(int).to_numpy()
    logit = 2.0 + INTENT_EFFECTS[intent] + 0.9 * s - 0.2 * frame["is_bot"].to_numpy()
    logit = logit - 0.7 * frame["is_escalated"].to_numpy()
    logit = logit - 0.9 * frame["later_recontact"].to_numpy()
    if scenario == "misspecified":
        logit = logit - 0.35 * (s**2 - 1) + 0.5 * np.sin(2 * s) * frame["is_bot"].to_numpy()
    return _sigmoid(logit)


def true_response(frame, scenario, satisfied, gamma=0.0):
    """P(answers) of each interaction, given satisfied (0 or 1)."""
    if scenario == "mcar":
        return np.full(len(frame), 0.08)
    s = frame["sentiment"].to_numpy()
    logit = -2.7 + 0.55 * s - 0.6 * frame["later_recontact"].to_numpy()
    logit = logit + 0.3 * frame["is_bot"].to_numpy() - 0.5 * frame["is_escalated"].to_numpy()
    if scenario == "misspecified":
        logit = logit - 0.15 * (s**2 - 1)
    if scenario == "mnar":
        logit = logit + gamma * (satisfied - 0.8)
    return _sigmoid(logit)


@cache
def truth(scenario):
    """(share of all that are satisfied, {intent: share}) of the world, by 400,000 draws."""
    frame = features(np.random.default_rng(20240601), 400_000)
    frame["truth"] = true_satisfied(frame, scenario)
    return frame["truth"].mean(), frame.groupby("intent_id")["truth"].mean().to_dict()


def simulate(seed, scenario, n=20_000, gamma=0.0):
    """A frame for models.cross_fit, with levels 0 and 1, and `true_satisfaction` of everybody."""
    rng = np.random.default_rng(seed)
    frame = features(rng, n)
    satisfied = (rng.random(n) < true_satisfied(frame, scenario)).astype(float)
    answers = rng.random(n) < true_response(frame, scenario, satisfied, gamma)
    frame.insert(0, "interaction_id", np.arange(n).astype(str))
    frame.insert(1, "bucket", rng.integers(0, 4096, n))
    frame["satisfaction"] = np.where(answers, satisfied, np.nan)
    return frame, satisfied
