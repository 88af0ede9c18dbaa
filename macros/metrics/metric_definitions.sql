{#
    The metrics of var cx_metrics with the prose of their YAML (config.meta), as a list. Stops with a
    sentence that names the missing piece: a metric is one model, its YAML and one registry row.
#}
{% macro metric_definitions() %}
    {% set prose = ["unit_of_analysis", "inclusion", "exclusion", "confirmation", "segmentation"] %}
    {% set models = {} %}
    {% for node in graph.nodes.values() if node.resource_type == "model" %}
        {% if node.name.startswith("metric_") and "metrics" in node.fqn[:-1] %}
            {% do models.update({node.name[7:]: node}) %}
        {% endif %}
    {% endfor %}
    {% set definitions = [] %}
    {% for metric_id in var("cx_metrics") %}
        {% if metric_id not in models %}
            {{ exceptions.raise_compiler_error(
                "Metric '" ~ metric_id ~ "' is in var cx_metrics but has no model metric_" ~ metric_id
                ~ ". Add models/marts/metrics/metric_" ~ metric_id ~ ".sql, or take it out of cx_metrics."
            ) }}
        {% endif %}
        {% set node = models[metric_id] %}
        {% set meta = node.config.get("meta", {}) %}
        {% if not node.description %}
            {{ exceptions.raise_compiler_error(
                "Metric '" ~ metric_id ~ "' has no description: write it in metric_" ~ metric_id ~ ".yml."
            ) }}
        {% endif %}
        {% for key in prose + ["owner"] if not meta.get(key) %}
            {{ exceptions.raise_compiler_error(
                "Metric '" ~ metric_id ~ "' does not state its " ~ key ~ ": add it under config.meta in metric_"
                ~ metric_id ~ ".yml."
            ) }}
        {% endfor %}
        {% set definition = {"metric_id": metric_id, "description": node.description, "model": node.name} %}
        {% for key in prose %}
            {% do definition.update({key: meta[key]}) %}
        {% endfor %}
        {% do definitions.append(definition) %}
    {% endfor %}
    {% for metric_id in models if metric_id not in var("cx_metrics") %}
        {{ exceptions.raise_compiler_error(
            "Model metric_" ~ metric_id ~ " is not in var cx_metrics: add '" ~ metric_id
            ~ "' to it so that the metric is published, or disable the model."
        ) }}
    {% endfor %}
    {% do return(definitions) %}
{% endmacro %}


{# Stops where the registry and var cx_metrics do not name the same metrics, or a row lacks a part. #}
{% macro check_metric_registry(registry) %}
    {% set required = [
        "name", "category", "tier", "leading_lagging", "kind", "unit", "direction", "owner", "version",
        "valid_from"
    ] %}
    {% if execute and load_relation(registry) is not none %}
        {% set rows = run_query("select * from " ~ registry).rows %}
        {% set ids = rows | map(attribute="metric_id") | list %}
        {% for metric_id in var("cx_metrics") if metric_id not in ids %}
            {{ exceptions.raise_compiler_error(
                "Metric '" ~ metric_id ~ "' has no row in seeds/reference/metric_registry.csv: add one."
            ) }}
        {% endfor %}
        {% for metric_id in ids if metric_id not in var("cx_metrics") %}
            {{ exceptions.raise_compiler_error(
                "Metric '" ~ metric_id ~ "' stands in seeds/reference/metric_registry.csv but not in var "
                ~ "cx_metrics: add it there with its model, or remove the row."
            ) }}
        {% endfor %}
        {% for row in rows %}
            {% for column in required if row[column] is none or row[column] | string | trim == "" %}
                {{ exceptions.raise_compiler_error(
                    "Metric '" ~ row["metric_id"] ~ "' has no " ~ column
                    ~ " in seeds/reference/metric_registry.csv: fill it in."
                ) }}
            {% endfor %}
            {% set minimum = row["min_coverage"] %}
            {% if minimum is not none and not 0 <= minimum | float(-1) <= 1 %}
                {{ exceptions.raise_compiler_error(
                    "Metric '" ~ row["metric_id"] ~ "' has a min_coverage of " ~ minimum
                    ~ " in seeds/reference/metric_registry.csv: set it to a share of 0 to 1, or leave "
                    ~ "it empty for var cx_min_coverage."
                ) }}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
