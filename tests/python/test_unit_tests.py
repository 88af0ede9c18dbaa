"""dbt's unit tests hold wherever the project is built: without the demo, and under other vars."""

import pytest
import yaml
from dbt_helpers import PROJECT_ROOT

# Vars that a company sets to its own taste, each far from its default.
OTHER_VARS = {
    "cx_min_n": 50,
    "cx_min_coverage": 0.8,
    "cx_min_maturity": 0.8,
    "cx_segment_type": "region",
    "cx_default_journey_window_days": 14,
    "cx_default_confirmation_deadline_hours": 24,
    "cx_journey_max_days": 60,
    "cx_proactive_window_days": 3,
    "cx_frustration_signs": 3,
    "cx_frustration_sentiment": -0.7,
    "cx_identity_max_degree": 20,
    "cx_future_tolerance_hours": 48,
    "cx_late_arrival_hours": 24,
    "cx_stray_turn_hours": 12,
    "cx_fcr_days": 14,
    "cx_survey_answer_days": 14,
    "cx_ces_high_means": "hard",
    "cx_short_abandon_seconds": 20,
    "cx_short_abandons": "counted",
    "containment_forced_terminations": "exclude",
    "cx_fairness_weeks": 12,
    "cx_fairness_min_ratio": 0.7,
    "cx_fairness_min_events": 9,
    "cx_fairness_suppress_below": 5,
    "cx_csat_min_answers": 50,
    "cx_csat_max_half_width": 0.2,
    "cx_review_list_size": 5,
    "cx_attribution_half_life_days": 4,
    "cx_release_baseline_days": 28,
    "cx_sequential_units": 3000,
    "cx_rollout_weeks": 4,
    "cx_drift_min_n": 100,
    "cx_drift_window_weeks": 2,
    "cx_drift_baseline_weeks": 12,
}
DEMO_ON = "{{ 'demo' in var('cx_systems') }}"


def test_unit_tests_with_rows_of_the_demo_are_off_without_it():
    """dbt stops at a unit test whose input is not there, and everything after it is skipped."""
    stuck = []
    for path in sorted((PROJECT_ROOT / "models").rglob("*.yml")):
        if path.is_relative_to(PROJECT_ROOT / "models/staging/demo"):
            continue
        for test in yaml.safe_load(path.read_text("utf-8")).get("unit_tests", []):
            reads_demo = any("_demo__" in given["input"] for given in test["given"])
            if reads_demo and test.get("config", {}).get("enabled") != DEMO_ON:
                stuck.append(test["name"])
    assert stuck == []


@pytest.mark.slow
def test_unit_tests_hold_under_other_vars(dbt, demo_copy):
    run = dbt("test", "--select", "test_type:unit", vars=OTHER_VARS, database=demo_copy)
    assert len(run.results) > 200
