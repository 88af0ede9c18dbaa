{#
    Globs of the files that cx_tau2_path names: a folder (searched with its subfolders), a file or a
    glob. That it is set and holds files is checked when the run starts.
#}
{% macro tau2_file_patterns() %}
    {% set path = var("cx_tau2_path") or "cx_tau2_path" %}
    {% if "*" in path or ".json" in path %}
        {% do return([path]) %}
    {% endif %}
    {% do return([path.rstrip("/") ~ "/**/*.json*"]) %}
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
