{#
    Definitions have versions: the code that defines a metric is hashed, and a hash that differs from
    the one recorded for the metric's version stops the build (check_metric_definitions).

    The code of a definition is its model, the intermediate models made for metrics, the models that
    decide about journeys (definition_models), and this project's macros of macros/metrics and
    macros/journeys that these call. Comments and white space do not count; vars are configuration.
    Python models, which may be off, have a version of their own (satisfaction_model_card).

    A version that is kept through a changeover is a companion metric <metric_id>_v<version>, made of
    copies of what the version was made of, each with that ending. Without the endings its code has to
    be the one recorded for the version (scripts/new_metric_version.py writes the copies).
#}

{# {metric_id: md5 of the code of its definition}, for the metrics of var cx_metrics. #}
{% macro definition_hashes() %}
    {% set hashes = {} %}
    {% set known_codes = {} %}
    {% for definition in metric_definitions() %}
        {% set model = graph.nodes.values()
            | selectattr("resource_type", "equalto", "model")
            | selectattr("name", "equalto", definition["model"]) | first %}
        {% set nodes = [] %}
        {% do _collect_definition_models(model, nodes, []) %}
        {% set macros = [] %}
        {% for node in nodes %}
            {% do _collect_definition_macros(node["depends_on"]["macros"], macros) %}
        {% endfor %}
        {% set kept = kept_version(definition["metric_id"]) %}
        {% set of_models = {} %}
        {% for node in nodes %}
            {% if node["name"] not in known_codes %}
                {% do known_codes.update({node["name"]: normalised_code(node["raw_code"])}) %}
            {% endif %}
            {% do of_models.update({without_version(node["name"], kept):
                without_version(known_codes[node["name"]], kept)}) %}
        {% endfor %}
        {% set of_macros = {} %}
        {% for name in macros %}
            {% if name not in known_codes %}
                {% do known_codes.update({name: normalised_code(context[name].macro.macro_sql)}) %}
            {% endif %}
            {% do of_macros.update({without_version(name, kept):
                without_version(known_codes[name], kept)}) %}
        {% endfor %}
        {% set parts = [] %}
        {% for codes in [of_models, of_macros] %}
            {% for name in codes | sort %}
                {% do parts.append(name ~ ": " ~ codes[name]) %}
            {% endfor %}
        {% endfor %}
        {% do hashes.update({definition["metric_id"]: local_md5(parts | join("\n"))}) %}
    {% endfor %}
    {% do return(hashes) %}
{% endmacro %}


{# [metric, version] of a metric that keeps a version of another one; none for any other metric. #}
{% macro kept_version(metric_id) %}
    {% set parts = modules.re.match("^(.+)_v(\\d+)$", metric_id) %}
    {% if parts and parts.group(1) in var("cx_metrics") %}
        {% do return([parts.group(1), parts.group(2) | int]) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}


{# A text without the endings of copies that keep a version (kept: of kept_version). #}
{% macro without_version(text, kept) %}
    {% do return(modules.re.sub("_v" ~ kept[1] ~ "\\b", "", text) if kept else text) %}
{% endmacro %}


{# Models of other folders that decide what a journey is worth to any metric. #}
{% macro definition_models() %}
    {% do return([
        "int_contacts_judged", "int_journeys_evidenced", "int_journeys_concluded",
        "int_interaction_costs", "fct_satisfaction",
    ]) %}
{% endmacro %}


{% macro _collect_definition_models(node, nodes, seen) %}
    {% do seen.append(node["name"]) %}
    {% set upstream = ["identities", "interactions"] %}
    {% set common = upstream + ["journeys"] %}
    {% set is_own = "intermediate" in node["fqn"] and node["fqn"][2] not in common %}
    {% set is_part = "metrics" in node["fqn"] or is_own or node["name"] in definition_models() %}
    {% if is_part and node["language"] != "python" %}
        {% do nodes.append(node) %}
    {% endif %}
    {% for parent in node["depends_on"]["nodes"] if parent in graph.nodes %}
        {% set parent_node = graph.nodes[parent] %}
        {% if parent_node["resource_type"] == "model" and parent_node["name"] not in seen
            and parent_node["fqn"][1] != "staging" and parent_node["fqn"][2] not in upstream %}
            {% do _collect_definition_models(parent_node, nodes, seen) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{% macro _collect_definition_macros(unique_ids, names) %}
    {# By name: of a macro that an installing project overrides, this project's own text counts. #}
    {% for unique_id in unique_ids %}
        {% set name = unique_id.split(".") | last %}
        {% set macro = context[name].macro if name in context else none %}
        {% set is_own = macro and macro.package_name == "ai_cx_metrics" %}
        {% set path = macro.original_file_path if is_own else "" %}
        {% set counts = path.startswith("macros/metrics") or path.startswith("macros/journeys") %}
        {% if counts and name not in names and not name.endswith("_dimensions") %}
            {% do names.append(name) %}
            {% do _collect_definition_macros(macro.depends_on.macros, names) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# Code without comments, on one line. #}
{% macro normalised_code(code) %}
    {% set code = modules.re.sub("(?s)\\{#.*?#\\}", " ", code) %}
    {% set code = modules.re.sub("--[^\n]*", " ", code) %}
    {% do return(modules.re.sub("\\s+", " ", code) | trim) %}
{% endmacro %}


{# What is wrong between the registry's versions, the recorded hashes and the code, as sentences. #}
{% macro definition_problems(versions, recorded, hashes) %}
    {% set problems = [] %}
    {% for metric_id, version in versions.items() if metric_id in hashes %}
        {% set kept = kept_version(metric_id) %}
        {% set known = recorded.get((kept[0] if kept else metric_id) ~ "@" ~ version) %}
        {% if kept and kept[1] != version %}
            {% do problems.append("Metric '" ~ metric_id ~ "' has version " ~ version ~ " in "
                ~ "seeds/reference/metric_registry.csv: write " ~ kept[1] ~ ", the one it keeps.") %}
        {% elif kept and known != hashes[metric_id] %}
            {% do problems.append("Metric '" ~ metric_id ~ "' is not what was recorded as version "
                ~ version ~ " of '" ~ kept[0] ~ "': let it read copies, named with the ending _v"
                ~ version ~ ", of the models and macros that have changed since.") %}
        {% elif known is none %}
            {% do problems.append("Metric '" ~ metric_id ~ "' has no recorded definition of version "
                ~ version ~ ": run scripts/update_definition_hashes.py (make definitions).") %}
        {% elif known != hashes[metric_id] %}
            {% do problems.append("The definition of metric '" ~ metric_id ~ "' is no longer the one "
                ~ "published as version " ~ version ~ ": raise its version (and valid_from) in "
                ~ "seeds/reference/metric_registry.csv (scripts/new_metric_version.py does) and run "
                ~ "scripts/update_definition_hashes.py (make definitions).") %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# Stops where a definition was changed and its version was not. #}
{% macro check_metric_definitions(registry, recorded_definitions) %}
    {% if execute and load_relation(registry) is not none
        and load_relation(recorded_definitions) is not none %}
        {% set versions = {} %}
        {% for row in run_query("select metric_id, version from " ~ registry).rows %}
            {% do versions.update({row["metric_id"]: row["version"] | int}) %}
        {% endfor %}
        {% set recorded = {} %}
        {% for row in run_query(
            "select metric_id, version, definition_hash from " ~ recorded_definitions
        ).rows %}
            {% do recorded.update(
                {row["metric_id"] ~ "@" ~ (row["version"] | int): row["definition_hash"]}
            ) %}
        {% endfor %}
        {% set problems = definition_problems(versions, recorded, definition_hashes()) %}
        {% if problems %}
            {{ exceptions.raise_compiler_error(problems | join("\n")) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Prints the hashes for scripts/update_definition_hashes.py. #}
{% macro print_definition_hashes() %}
    {% do print("definition_hashes=" ~ tojson(definition_hashes())) %}
{% endmacro %}
