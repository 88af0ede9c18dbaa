{#
    The rules of the reference seeds (seeds/reference), checked by check_config() at the start of each
    run, before any of them is loaded. A column has a line here; a test compares the two. What
    concerns several rows or seeds at once is in check_seeds.sql.

    key      the columns that name a row; no two rows agree in all of them
    columns  {name: rule}
        type    name (lower-case, digits, _) | number | integer | date | time (HH:MM) | text
        null    true: may be empty
        values  what it may be; one_of says what these are where a list of them is too long to read
        list    true: several values, separated by |
        min     the smallest value; above: the value that it has to exceed
        max     the largest value; below: the value that it has to stay under
#}
{% macro seed_rules() %}
    {% set metrics = {"type": "name", "values": var("cx_metrics", []),
        "one_of": "a metric of var cx_metrics"} %}
    {% set metric_or_none = dict(metrics, null=true) %}
    {% set text = {"type": "text"} %}
    {% set text_or_none = {"type": "text", "null": true} %}
    {% set date = {"type": "date"} %}
    {% set channels = var("cx_channels", []) %}
    {% set inputs = {"type": "text", "null": true, "list": true, "values": seed_input_names(),
        "one_of": "tables or table.column of the input contract (macros/inputs/canonical_tables.sql)"} %}
    {% do return({
        "metric_registry": {
            "key": ["metric_id"],
            "columns": {
                "metric_id": metrics,
                "name": text,
                "category": {"type": "name"},
                "tier": {"type": "name", "values": ["headline", "companion"]},
                "companion_of": metric_or_none,
                "leading_lagging": {"type": "name", "values": ["leading", "lagging"]},
                "kind": {"type": "name",
                    "values": ["proportion", "mean", "ratio", "quantile", "index"]},
                "unit": {"type": "name"},
                "direction": {"type": "name", "values": ["up", "down", "none"]},
                "owner": text,
                "guardrail_metric_id": metric_or_none,
                "required_inputs": inputs,
                "degraded_without": inputs,
                "min_n": {"type": "integer", "min": 1},
                "min_coverage": {"type": "number", "null": true, "min": 0, "max": 1},
                "non_inferiority_margin": {"type": "number", "null": true, "above": 0},
                "scorecard_weight": {"type": "number", "min": 0},
                "version": {"type": "integer", "min": 1},
                "valid_from": date,
                "quantile": {"type": "number", "null": true, "above": 0, "below": 1},
                "value_min": {"type": "number", "null": true},
                "value_max": {"type": "number", "null": true},
            },
        },
        "metric_definition_hashes": {
            "key": ["metric_id", "version"],
            "columns": {
                "metric_id": {"type": "name"},
                "version": {"type": "integer", "min": 1},
                "valid_from": date,
                "definition_hash": text,
                "reason": text,
            },
        },
        "metric_targets": {
            "key": ["metric_id", "risk_tier", "channel", "valid_from"],
            "columns": {
                "metric_id": metrics,
                "risk_tier": {"type": "name", "null": true, "values": ["low", "medium", "high"]},
                "channel": {"type": "name", "null": true, "values": channels + ["sync", "async"]},
                "valid_from": date,
                "target": {"type": "number"},
            },
        },
        "chart_rebases": {
            "key": ["metric_id", "rebased_on"],
            "columns": {"metric_id": metrics, "rebased_on": date, "reason": text},
        },
        "sla_targets": {
            "key": ["channel", "sla", "valid_from"],
            "columns": {
                "channel": {"type": "name", "values": channels},
                "sla": {"type": "name",
                    "values": ["handoff_wait_seconds", "agent_answer_seconds", "bot_latency_ms"]},
                "valid_from": date,
                "target": {"type": "number", "above": 0},
            },
        },
        "service_hours": {
            "key": ["channel", "weekday", "opens_at"],
            "columns": {
                "channel": {"type": "name", "values": channels},
                "weekday": {"type": "integer", "min": 1, "max": 7},
                "opens_at": {"type": "time"},
                "closes_at": {"type": "time"},
                "time_zone": text,
                "holiday_calendar": {"type": "name", "null": true},
            },
        },
        "holidays": {
            "key": ["holiday_on", "calendar"],
            "columns": {"holiday_on": date, "calendar": {"type": "name"}, "name": text_or_none},
        },
        "effort_weights": {
            "key": ["component"],
            "columns": {
                "component": {"type": "name", "values": [
                    "extra_turns", "clarifications", "repeats", "channel_switches",
                    "reauthentications", "recontacts"]},
                "weight": {"type": "number", "min": 0, "max": 100},
                "saturates_at": {"type": "number", "above": 0},
                "comment": text_or_none,
            },
        },
        "alert_rules": {
            "key": ["rule_id"],
            "columns": {
                "rule_id": {"type": "name"},
                "source": {"type": "name"},
                "severity": {"type": "integer", "min": 1, "max": 3},
                "owner": text_or_none,
                "runbook": text,
                "meaning": text,
            },
        },
        "experiment_arms": {
            "key": ["experiment_id", "arm"],
            "columns": {
                "experiment_id": text,
                "arm": text,
                "planned_share": {"type": "number", "above": 0},
            },
        },
    }) %}
{% endmacro %}


{# What the registry may name as an input: tables, their columns, and Python models. #}
{% macro seed_input_names() %}
    {% set names = ["python_models"] %}
    {% for table, spec in canonical_tables().items() %}
        {% do names.append(table) %}
        {% for column in spec["columns"] %}{% do names.append(table ~ "." ~ column[0]) %}{% endfor %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}


{# What is wrong with one value by its rule, as the end of a sentence; none when nothing is. #}
{% macro seed_value_problem(value, rule) %}
    {% set text = "" if value is none else value | string | trim %}
    {% if not text %}
        {% do return(none if rule.get("null") else "is empty: fill it in") %}
    {% endif %}
    {% if rule.get("list") %}
        {% for part in text.split("|") %}
            {% set problem = seed_value_problem(part, dict(rule, list=false, null=false)) %}
            {% if problem %}{% do return(problem) %}{% endif %}
        {% endfor %}
        {% do return(none) %}
    {% endif %}
    {% set pattern = {
        "name": "^[a-z][a-z0-9_]*$",
        "number": "^[-+]?\\d+(\\.\\d*)?([eE][-+]?\\d+)?$|^[-+]?\\.\\d+$",
        "integer": "^[-+]?\\d+$",
        "date": "^\\d{4}-\\d{2}-\\d{2}$",
        "time": "^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$",
        "text": "",
    }[rule["type"]] %}
    {% set wanted = {
        "name": "lower-case letters, digits and underscores", "number": "a number such as 0.5",
        "integer": "a whole number", "date": "a date such as 2026-01-31",
        "time": "a time such as 08:30", "text": "a text",
    }[rule["type"]] %}
    {% set is_no = "is '" ~ text ~ "': " %}
    {% set is_readable = modules.re.match(pattern, text) is not none
        and (rule["type"] != "date" or is_calendar_date(text)) %}
    {% if not is_readable %}
        {% do return(is_no ~ "write " ~ wanted) %}
    {% endif %}
    {% if "values" in rule and text not in rule["values"] %}
        {% if "one_of" not in rule %}
            {% do return(is_no ~ "write one of " ~ rule["values"] | join(", ")) %}
        {% endif %}
        {% set alike = [] %}
        {% for length in [16, 12, 9, 6, 4] if not alike %}
            {% for known in rule["values"] if known[:length] == text[:length] %}
                {% do alike.append(known) %}
            {% endfor %}
        {% endfor %}
        {% do return(is_no ~ "write " ~ rule["one_of"]
            ~ (" (did you mean " ~ alike[:3] | join(" or ") ~ "?)" if alike else "")) %}
    {% endif %}
    {% if rule["type"] in ["number", "integer"] %}
        {% set number = text | float %}
        {% if "min" in rule and number < rule["min"] %}
            {% do return(is_no ~ "write " ~ wanted ~ " that is at least " ~ rule["min"]) %}
        {% elif "max" in rule and number > rule["max"] %}
            {% do return(is_no ~ "write " ~ wanted ~ " that is at most " ~ rule["max"]) %}
        {% elif "above" in rule and number <= rule["above"] %}
            {% do return(is_no ~ "write " ~ wanted ~ " above " ~ rule["above"]) %}
        {% elif "below" in rule and number >= rule["below"] %}
            {% do return(is_no ~ "write " ~ wanted ~ " below " ~ rule["below"]) %}
        {% endif %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}


{# Whether a text of the form YYYY-MM-DD is a day of the calendar. #}
{% macro is_calendar_date(text) %}
    {% set parts = text.split("-") %}
    {% set year, month, day = parts[0] | int, parts[1] | int, parts[2] | int %}
    {% set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) %}
    {% set lengths = [31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] %}
    {% do return(1 <= month <= 12 and 1 <= day <= lengths[month - 1]) %}
{% endmacro %}
