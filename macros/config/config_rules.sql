{#
    The rule of every var of this project, checked by check_config() at the start of each run. A var
    in dbt_project.yml has a line here; a test compares the two.

    type    integer | number | boolean | text | date (a time may follow) | texts (a list) |
            names (a list of lower-case names) | counts (a whole number for each of some names) |
            mapping (a text for each of some names)
    null    true: may be null
    min     the smallest value (numbers, counts), or the fewest entries (names)
    max     the largest value
    values  what a text may be, or what a list of names may hold
    keys    the names that counts may have
    bands   true: counts are the upper limits of bands, in any order (longer, unknown: see tenure_band)
    unit    said in the message
    files   true: a folder, file or glob that has to hold at least one file
#}
{% macro config_rules() %}
    {% do return({
        "cx_systems": {"type": "names", "min": 1},
        "cx_absent_inputs": {"type": "names", "values": canonical_tables() | list},
        "cx_demo_path": {"type": "text", "null": true, "files": true},
        "cx_demo_format": {"type": "text", "values": ["csv", "parquet"]},
        "cx_tau2_path": {"type": "text", "null": true, "files": true},
        "cx_json_max_mib": {"type": "integer", "min": 1, "max": 2047, "unit": "MiB"},
        "cx_tickets_path": {"type": "text", "null": true, "files": true},
        "cx_tickets_columns": {"type": "mapping"},
        "cx_channels": {"type": "names", "min": 1},
        "cx_synchronous_channels": {"type": "names", "values": var("cx_channels", [])},
        "cx_earliest_event_date": {"type": "date"},
        "cx_future_tolerance_hours": {"type": "number", "min": 0, "unit": "hours"},
        "cx_identity_max_degree": {"type": "integer", "min": 1, "unit": "identifiers"},
        "cx_identity_max_degree_by_type": {"type": "counts", "min": 1},
        "cx_identity_max_interactions_by_type": {"type": "counts", "min": 1},
        "cx_identity_min_confidence": {"type": "number", "min": 0, "max": 1},
        "cx_identity_as_of": {"type": "date", "null": true},
        "cx_identity_passing_types": {"type": "names"},
        "cx_identity_case_insensitive_types": {"type": "names"},
        "cx_identity_placeholder_values": {"type": "texts"},
        "cx_default_journey_window_days": {"type": "number", "min": 0, "unit": "days"},
        "cx_default_confirmation_deadline_hours": {"type": "number", "min": 0, "unit": "hours"},
        "cx_journey_max_days": {"type": "number", "min": 1, "unit": "days"},
        "cx_frustration_sentiment": {"type": "number", "min": -1, "max": 1},
        "cx_frustration_signs": {"type": "integer", "min": 1, "unit": "signs"},
        "cx_proactive_window_days": {"type": "number", "min": 0, "unit": "days"},
        "cx_late_arrival_hours": {"type": "number", "min": 0, "unit": "hours"},
        "cx_max_late_arrival_rate": {"type": "number", "min": 0, "max": 1},
        "cx_max_quarantine_rate": {"type": "number", "min": 0, "max": 1},
        "cx_max_split_journey_rate": {"type": "number", "min": 0, "max": 1},
        "cx_max_reopened_journey_rate": {"type": "number", "min": 0, "max": 1},
        "cx_stray_turn_hours": {"type": "number", "min": 0, "unit": "hours"},
        "cx_max_stray_turn_rate": {"type": "number", "min": 0, "max": 1},
        "cx_min_linkage_rate": {"type": "number", "min": 0, "max": 1},
        "cx_incremental": {"type": "boolean"},
        "cx_metrics": {"type": "names", "min": 1},
        "containment_forced_terminations": {"type": "text", "values": ["fail", "exclude"]},
        "cx_short_abandon_seconds": {"type": "number", "min": 0, "unit": "seconds"},
        "cx_short_abandons": {"type": "text", "values": ["excluded", "counted"]},
        "cx_survey_answer_days": {"type": "number", "min": 0, "unit": "days"},
        "cx_ces_high_means": {"type": "text", "values": ["easy", "hard"]},
        "cx_fcr_days": {"type": "number", "min": 0, "unit": "days"},
        "cx_segment_type": {"type": "text"},
        "cx_min_n": {"type": "integer", "min": 1, "unit": "units"},
        "cx_min_coverage": {"type": "number", "min": 0, "max": 1},
        "cx_min_maturity": {"type": "number", "min": 0, "max": 1},
        "cx_risk_weights": {"type": "counts", "min": 1, "keys": ["low", "medium", "high"]},
        "cx_tenure_bands": {"type": "counts", "min": 1, "unit": "days", "bands": true},
        "cx_fairness_weeks": {"type": "integer", "min": 1, "unit": "weeks"},
        "cx_fairness_reference": {"type": "mapping"},
        "cx_fairness_min_ratio": {"type": "number", "min": 0, "max": 1},
        "cx_fairness_min_events": {"type": "integer", "min": 1, "unit": "events"},
        "cx_fairness_suppress_below": {"type": "integer", "min": 1, "unit": "units"},
        "cx_python_models": {"type": "boolean"},
        "cx_csat_min_answers": {"type": "integer", "min": 1, "unit": "answers"},
        "cx_csat_max_half_width": {"type": "number", "min": 0, "max": 4, "unit": "points"},
        "cx_customer_age_bands": {"type": "counts", "min": 1, "unit": "days", "bands": true},
        "cx_review_list_size": {"type": "integer", "min": 1, "unit": "conversations"},
        "cx_portfolio_gated_risk_tiers": {
            "type": "names", "values": ["low", "medium", "high", "unknown"]},
        "cx_attribution_half_life_days": {"type": "number", "min": 0.01, "unit": "days"},
        "cx_guardrail_metrics": {"type": "names", "min": 1, "values": var("cx_metrics", [])},
        "cx_release_baseline_days": {"type": "integer", "min": 1, "unit": "days"},
        "cx_sequential_units": {"type": "integer", "min": 1, "unit": "units"},
        "cx_control_arms": {"type": "texts"},
        "cx_experiment_metrics": {"type": "names", "min": 1, "values": var("cx_metrics", [])},
        "cx_rollout_weeks": {"type": "integer", "min": 1, "unit": "weeks"},
        "cx_drift_metrics": {"type": "names", "values": var("cx_metrics", [])},
        "cx_drift_baseline_starts_on": {"type": "date", "null": true},
        "cx_drift_baseline_weeks": {"type": "integer", "min": 4, "unit": "weeks"},
        "cx_drift_window_weeks": {"type": "integer", "min": 1, "unit": "weeks"},
        "cx_drift_min_n": {"type": "integer", "min": 1, "unit": "units"},
        "cx_drift_min_psi": {"type": "number", "min": 0},
        "cx_drift_max_fdr": {"type": "number", "min": 0.0001, "max": 0.5},
    }) %}
{% endmacro %}


{# What is wrong with the value of one var by its rule, as a sentence; none when nothing is. #}
{% macro config_rule_problem(name, value, rule) %}
    {% set is_number = value is number and value is not boolean %}
    {% set is_list = value is iterable and value is not string and value is not mapping %}
    {% set dates = modules.re.compile("^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])([ T][\\d:.]+)?$") %}
    {% set is_type = {
        "integer": value is integer and value is not boolean,
        "number": is_number,
        "boolean": value is boolean,
        "text": value is string and value | trim | length > 0,
        "date": dates.match(value | string) is not none,
        "names": is_list,
        "texts": is_list and value | select("string") | list | length == value | length,
        "counts": value is mapping
            and value.values() | select("integer") | list | length == value | length,
        "mapping": value is mapping
            and value.values() | select("string") | list | length == value | length,
    }[rule["type"]] %}
    {% set wanted = {
        "integer": "a whole number", "number": "a number", "boolean": "true or false",
        "text": "a text", "date": "a date such as 2000-01-31",
        "names": "a list of names such as [one, two]",
        "texts": "a list of texts such as ['one', 'two']",
        "counts": "a whole number for each name, such as {one: 1, two: 2}",
        "mapping": "a text for each name, such as {one: 'a', two: 'b'}",
    }[rule["type"]] %}
    {% set wanted = wanted ~ (" of " ~ rule["unit"] if "unit" in rule else "") %}
    {% set wanted = wanted ~ (" or null" if rule.get("null") else "") %}
    {% set shown = "null" if value is none else value | string %}

    {% if value is none and rule.get("null") %}{% do return(none) %}{% endif %}
    {% if not is_type %}
        {% do return("var " ~ name ~ " is " ~ shown ~ ": set it to " ~ wanted ~ ".") %}
    {% endif %}
    {% if rule["type"] == "names" %}
        {% do return(config_names_problem(name, value, rule)) %}
    {% endif %}
    {% if "values" in rule and value not in rule["values"] %}
        {% do return("var " ~ name ~ " is " ~ shown ~ ": set it to one of "
            ~ rule["values"] | join(", ") ~ ".") %}
    {% endif %}
    {% if rule["type"] == "counts" %}
        {% set problem = config_counts_problem(name, value, rule) %}
        {% if problem %}{% do return(problem) %}{% endif %}
    {% endif %}
    {% set smallest = value.values() | min if rule["type"] == "counts" else value %}
    {% if "min" in rule and smallest is number and smallest < rule["min"] %}
        {% do return("var " ~ name ~ " is " ~ shown ~ ": set it to " ~ wanted
            ~ " that is at least " ~ rule["min"] ~ ".") %}
    {% endif %}
    {% if "max" in rule and value > rule["max"] %}
        {% do return("var " ~ name ~ " is " ~ shown ~ ": set it to " ~ wanted
            ~ " that is at most " ~ rule["max"] ~ ".") %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}


{# The same for the names of counts. #}
{% macro config_counts_problem(name, value, rule) %}
    {% for key in value if rule.get("keys") and key not in rule["keys"] %}
        {% do return("var " ~ name ~ " names '" ~ key ~ "': use only "
            ~ rule["keys"] | join(", ") ~ ".") %}
    {% endfor %}
    {% for key in value if rule.get("bands") and key in ["longer", "unknown"] %}
        {% do return("var " ~ name ~ " names '" ~ key ~ "': use another name, it has a meaning of its "
            ~ "own.") %}
    {% endfor %}
    {% if rule.get("bands") and value.values() | unique | list | length < value | length %}
        {% do return("var " ~ name ~ " gives two names the same number: give each band an upper limit "
            ~ "of its own.") %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}


{# The same for the entries of a list of names. #}
{% macro config_names_problem(name, value, rule) %}
    {% set a_name = modules.re.compile("^[a-z][a-z0-9_]*$") %}
    {% if value | length < rule.get("min", 0) %}
        {% do return("var " ~ name ~ " is empty: name at least " ~ rule["min"] ~ ".") %}
    {% endif %}
    {% for entry in value %}
        {% if entry is not string or a_name.match(entry) is none %}
            {% do return("var " ~ name ~ " holds '" ~ entry ~ "', which is no name: use lower-case "
                ~ "letters, digits and underscores.") %}
        {% elif rule.get("values") and entry not in rule["values"] %}
            {% do return("var " ~ name ~ " holds '" ~ entry ~ "': use only "
                ~ rule["values"] | join(", ") ~ ".") %}
        {% endif %}
    {% endfor %}
    {% if value | unique | list | length < value | length %}
        {% do return("var " ~ name ~ " names something twice: name each once.") %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}
