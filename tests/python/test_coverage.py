"""Do the 95 % intervals of metric_estimates hold the true value in 95 % of simulated worlds?

Each metric has two targets: its value in the population that the worlds are drawn from, and what is
true by the simulator's own objects, of everybody, where a company sees a sample.
"""

import pytest
from coverage_study import Study, bounds, coverage

# What no sampling or estimating stands between: these equal the truth of their own world.
COUNTED = [
    "containment_rate",
    "containment_rate_vendor",
    "containment_inflation",
    "containment_rate_silence_as_success",
    "queue_mix_automated_share",
    "queue_mix_assisted_share",
    "queue_mix_human_only_share",
    "cost_per_resolved_intent",
    "silent_failure_rate",
    "silent_failure_recontact",
    "silent_failure_complaint",
    "silent_failure_reversal",
    "silent_failure_dispute",
    "silent_failure_closure_or_churn",
]


def study_of(dbt, tmp_path_factory, worlds):
    study = Study(dbt, tmp_path_factory.mktemp("study"))
    estimates, bins = study.worlds(range(1, worlds + 1))
    return estimates, coverage(estimates, bins)


@pytest.fixture(scope="module")
def few(dbt, tmp_path_factory):
    return study_of(dbt, tmp_path_factory, 24)


@pytest.fixture(scope="module")
def many(dbt, tmp_path_factory):
    estimates, found = study_of(dbt, tmp_path_factory, 200)
    print(found.round(4).to_string())
    return estimates, found


# Metrics whose interval is known not to be nominal, each with its reason: docs/validation.md.
NO_INTERVAL = {"agent_productivity_lift"}


def assert_nominal(found, column, worlds, known=()):
    """Coverage is inside the exact binomial bounds of 95 %, at 0.1 % for each metric."""
    low, high = zip(*(bounds(count) for count in found["worlds"]), strict=True)
    outside = found[(found[column] < low) | (found[column] > high)]
    assert set(outside.index) <= set(known), outside
