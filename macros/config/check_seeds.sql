{#
    What is wrong in the reference seeds, as a list of sentences with file and line, before dbt loads
    them: those of this project, or those that an installing project has put in their place.
#}
{% macro config_problems_of_seeds(values) %}
    {% if not execute %}
        {% do return([]) %}
    {% endif %}
    {% set seeds = {} %}
    {% for node in graph.nodes.values() if node.resource_type == "seed" and node.name in seed_rules() %}
        {% set rows = seed_rows(node) %}
        {% if rows is not none %}
            {% do seeds.update({node.name: {"file": node.original_file_path, "rows": rows}}) %}
        {% endif %}
    {% endfor %}
    {% set problems = [] %}
    {% for name, seed in seeds.items() %}
        {% do problems.extend(seed_problems(name, seed["file"], seed["rows"])) %}
    {% endfor %}
    {% if problems %}
        {% do return(problems) %}
    {% endif %}
    {% do return(seed_problems_across(seeds, values)) %}
{% endmacro %}


{# What is wrong in one seed by its rules; line 1 of the file holds the names of the columns. #}
{% macro seed_problems(name, file, rows) %}
    {% set problems = [] %}
    {% set rules = seed_rules()[name] %}
    {% set seen = {} %}
    {% for column in rules["columns"] if rows and column not in rows[0] %}
        {% do problems.append(file ~ " lacks the column " ~ column ~ ": add it.") %}
    {% endfor %}
    {% if problems %}
        {% do return(problems) %}
    {% endif %}
    {% for row in rows %}
        {% set line = file ~ ", line " ~ (loop.index + 1) %}
        {% for column, rule in rules["columns"].items() %}
            {% set problem = seed_value_problem(row[column], rule) %}
            {% if problem %}
                {% do problems.append(line ~ ": " ~ column ~ " " ~ problem ~ ".") %}
            {% endif %}
        {% endfor %}
        {% set key = [] %}
        {% for column in rules["key"] %}{% do key.append(row[column] or "") %}{% endfor %}
        {% if key | join("|") in seen %}
            {% do problems.append(line ~ " repeats line " ~ seen[key | join("|")] ~ " in "
                ~ rules["key"] | join(", ") ~ ": keep one of them.") %}
        {% endif %}
        {% do seen.update({key | join("|"): loop.index + 1}) %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# What is wrong between rows, seeds and vars that are right by themselves. #}
{% macro seed_problems_across(seeds, values) %}
    {% set problems = [] %}
    {% set metrics = {} %}
    {% set registry = seeds.get("metric_registry", {"rows": []}) %}
    {% for row in registry["rows"] %}
        {% set line = registry["file"] ~ ", line " ~ (loop.index + 1) ~ ": " ~ row["metric_id"] %}
        {% do metrics.update({row["metric_id"]: row}) %}
        {% if row["quantile"] and row["kind"] != "quantile" %}
            {% do problems.append(line ~ " has a quantile but is of kind " ~ row["kind"]
                ~ ": empty the quantile or write kind quantile.") %}
        {% endif %}
        {% if row["value_min"] and row["value_max"]
            and row["value_min"] | float >= row["value_max"] | float %}
            {% do problems.append(line ~ " has a value_min that is not below its value_max: "
                ~ "write them the other way round.") %}
        {% endif %}
    {% endfor %}

    {% set targets = seeds.get("metric_targets", {"rows": []}) %}
    {% for row in targets["rows"] if row["metric_id"] in metrics %}
        {% set metric = metrics[row["metric_id"]] %}
        {% set line = targets["file"] ~ ", line " ~ (loop.index + 1) ~ ": " %}
        {% set target = row["target"] | float %}
        {% if metric["direction"] == "none" %}
            {% do problems.append(line ~ row["metric_id"] ~ " is neither better high nor low "
                ~ "(direction none of the registry), so nothing can meet a target: take the line out.") %}
        {% elif metric["unit"] == "share" and not -1 <= target <= 1 %}
            {% do problems.append(line ~ "target is '" ~ row["target"] ~ "' but " ~ row["metric_id"]
                ~ " is a share: write a share such as 0.8 for 80 %.") %}
        {% elif metric["value_min"] and metric["value_max"]
            and not metric["value_min"] | float <= target <= metric["value_max"] | float %}
            {% do problems.append(line ~ "target is '" ~ row["target"] ~ "', outside the scale of "
                ~ row["metric_id"] ~ ": write a number from " ~ metric["value_min"] ~ " to "
                ~ metric["value_max"] ~ ".") %}
        {% endif %}
    {% endfor %}

    {% for metric_id in values["cx_guardrail_metrics"]
        if metric_id in metrics and not metrics[metric_id]["non_inferiority_margin"] %}
        {% do problems.append("var cx_guardrail_metrics holds '" ~ metric_id ~ "', which has no "
            ~ "non_inferiority_margin in " ~ registry["file"] ~ ": fill it in, or take it out of the "
            ~ "var.") %}
    {% endfor %}
    {% for name in ["cx_guardrail_metrics", "cx_experiment_metrics", "cx_drift_metrics"] %}
        {% for metric_id in values[name]
            if metrics.get(metric_id, {}).get("kind") in ["quantile", "index"] %}
            {% do problems.append("var " ~ name ~ " holds '" ~ metric_id ~ "', which is of kind "
                ~ metrics[metric_id]["kind"] ~ ": use only shares, means and ratios.") %}
        {% endfor %}
    {% endfor %}

    {% set weights = seeds.get("effort_weights") %}
    {% if weights %}
        {% set points = weights["rows"] | map(attribute="weight") | map("float") | sum %}
        {% if (points - 100) | abs > 1e-9 %}
            {% do problems.append(weights["file"] ~ ": the weights add up to " ~ points
                ~ ": change them so that they are points of 100.") %}
        {% endif %}
        {% set components = weights["rows"] | map(attribute="component") | list %}
        {% for component in seed_rules()["effort_weights"]["columns"]["component"]["values"]
            if component not in components %}
            {% do problems.append(weights["file"] ~ " lacks the component " ~ component
                ~ ": add it, with weight 0 if it is not to count.") %}
        {% endfor %}
    {% endif %}

    {% set hours = seeds.get("service_hours", {"rows": []}) %}
    {% if "holidays" in seeds %}
        {% set calendars = seeds["holidays"]["rows"] | map(attribute="calendar") | list %}
        {% for row in hours["rows"]
            if row["holiday_calendar"] and row["holiday_calendar"] not in calendars %}
            {% do problems.append(hours["file"] ~ ", line " ~ (loop.index + 1) ~ ": holiday_calendar is '"
                ~ row["holiday_calendar"] ~ "', which " ~ seeds["holidays"]["file"]
                ~ " does not hold: add its holidays, or leave it empty.") %}
        {% endfor %}
    {% endif %}
    {% set zones = time_zone_names() if execute else none %}
    {% for row in hours["rows"] if zones and row["time_zone"] not in zones %}
        {% do problems.append(hours["file"] ~ ": time_zone is '" ~ row["time_zone"]
            ~ "': write an IANA name such as Europe/Berlin.") %}
    {% endfor %}
    {% do return(problems | unique | list) %}
{% endmacro %}
