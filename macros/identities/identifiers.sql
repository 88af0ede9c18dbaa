{#
    The key of a customer identifier: its type and value, written alike wherever it occurs.
    A colon in a type would make two identifiers look alike, so it becomes an underscore.
#}
{% macro identifier_id(id_type, id_value) -%}
    {{ identifier_type(id_type) }} || ':' || {{ identifier_value(id_type, id_value) }}
{%- endmacro %}


{% macro identifier_type(id_type) -%}
    replace(lower({{ trimmed_identifier(id_type) }}), ':', '_')
{%- endmacro %}


{# Values of some types (e-mail addresses, hex hashes) are the same in either case. #}
{% macro identifier_value(id_type, id_value) -%}
    {%- set types = identity_settings()["case_insensitive_types"] -%}
    {%- if types -%}
    case
        when {{ identifier_type(id_type) }} in ({{ identity_literals(types) }})
            then lower({{ trimmed_identifier(id_value) }})
        else {{ trimmed_identifier(id_value) }}
    end
    {%- else -%}
    {{ trimmed_identifier(id_value) }}
    {%- endif -%}
{%- endmacro %}


{# Type and value, read back from the key. #}
{% macro identifier_id_type(identifier_id) -%}
    split_part({{ identifier_id }}, ':', 1)
{%- endmacro %}


{% macro identifier_id_value(identifier_id) -%}
    substring({{ identifier_id }}, length({{ identifier_id_type(identifier_id) }}) + 2)
{%- endmacro %}


{# Whether anything is left of an identifier once it is trimmed. #}
{% macro is_identifier_present(id_type, id_value) -%}
    {{ trimmed_identifier(id_type) }} <> '' and {{ trimmed_identifier(id_value) }} <> ''
{%- endmacro %}


{# The highest degree that an identifier of this type may have before it counts as shared. #}
{% macro identifier_max_degree(id_type) -%}
    {%- set settings = identity_settings() -%}
    {%- if settings["max_degree_by_type"] -%}
    case {{ id_type }}
        {%- for type, limit in settings["max_degree_by_type"].items() %}
        when {{ identity_literals([type]) }} then {{ limit }}
        {%- endfor %}
        else {{ settings["max_degree"] }}
    end
    {%- else -%}
    {{ settings["max_degree"] }}
    {%- endif -%}
{%- endmacro %}


{# The largest of all degree limits: whoever is above it is shared, whatever the type. #}
{% macro identity_largest_max_degree() -%}
    {%- set settings = identity_settings() -%}
    {{ ([settings["max_degree"]] + settings["max_degree_by_type"].values() | list) | max }}
{%- endmacro %}


{% macro identity_literals(values) -%}
    {%- for value in values -%}
        '{{ dbt.escape_single_quotes(value | string) }}'{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{# Without white space around it; tabs, line ends and no-break spaces are trimmed alike everywhere. #}
{% macro trimmed_identifier(text) %}
    {{- return(adapter.dispatch("trimmed_identifier", "ai_cx_metrics")(text)) -}}
{% endmacro %}

{% macro default__trimmed_identifier(text) -%}
    trim({{ text }}, '{{ identifier_white_space() }}')
{%- endmacro %}

{% macro spark__trimmed_identifier(text) -%}
    trim(both '{{ identifier_white_space() }}' from {{ text }})
{%- endmacro %}

{% macro identifier_white_space() -%}
    {{ " \t\n\r\u00a0" }}
{%- endmacro %}
