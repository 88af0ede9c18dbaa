{#
    Files that cx_tau2_path names, as a list of globs: a folder (searched with its subfolders), a
    file, a glob, or a list of them. No path or no file stops the build with the remedy.
#}
{% macro tau2_file_patterns() %}
    {% set given = var("cx_tau2_path") %}
    {% if not given %}
        {% if execute %}
            {% do exceptions.raise_compiler_error(
                "System tau2 is on but cx_tau2_path is not set: give the folder of run files, "
                ~ "--vars '{cx_systems: [tau2], cx_tau2_path: path/to/folder}'.") %}
        {% endif %}
        {% do return([]) %}
    {% endif %}
    {% set patterns = [] %}
    {% for path in ([given] if given is string else given) %}
        {% if "*" in path or ".json" in path %}
            {% do patterns.append(path) %}
        {% else %}
            {% do patterns.append(path.rstrip("/") ~ "/**/*.json*") %}
        {% endif %}
    {% endfor %}
    {% if execute %}
        {% for pattern in patterns %}
            {% set literal = dbt.string_literal(dbt.escape_single_quotes(pattern)) %}
            {% if run_query("select count(*) from glob(" ~ literal ~ ")").columns[0][0] == 0 %}
                {% do exceptions.raise_compiler_error(
                    "cx_tau2_path finds no run file at " ~ pattern
                    ~ ": give a folder that holds .json or .json.gz files, or a file or glob.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(patterns) %}
{% endmacro %}


{#
    Tools that only look something up, by the start of their name: everything else changes the state
    of the business and is a write action. Override this macro for tools that are named otherwise.
#}
{% macro tau2_is_read_tool(tool) -%}
    regexp_matches(
        lower({{ tool }}),
        '^(get|find|search|list|check|calculate|think|lookup|look_up|read|query|verify|show|view|can|assert)(_|$)'
    )
{%- endmacro %}


{% macro tau2_is_transfer_tool(tool) -%}
    lower({{ tool }}) like 'transfer_to_human%'
{%- endmacro %}
