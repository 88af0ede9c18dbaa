{#
    Free text with e-mail addresses, payment card and phone numbers replaced by their kind. A second
    net behind the source's own redaction: override this macro for the formats of your country.
#}
{% macro mask_personal_data(expression) %}
    {{- return(adapter.dispatch('mask_personal_data', 'ai_cx_metrics')(expression)) -}}
{% endmacro %}

{% macro default__mask_personal_data(expression) -%}
    {%- set masked = namespace(sql=expression) -%}
    {%- for pattern, kind in personal_data_patterns() -%}
        {%- set masked.sql = replace_all(masked.sql, pattern, kind) -%}
    {%- endfor -%}
    {{- masked.sql -}}
{%- endmacro %}

{# Longest first: a card number also looks like a phone number. #}
{% macro personal_data_patterns() %}
    {% do return([
        ("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+[.][A-Za-z0-9.-]+", "[email]"),
        ("[A-Z]{2}[0-9]{2}([ ]?[A-Z0-9]{4}){3,7}([ ]?[A-Z0-9]{1,3})?", "[iban]"),
        ("[0-9]{4}([ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}", "[card]"),
        ("[+][0-9]{1,3}([ ./-]?[(]?[0-9]{1,4}[)]?){2,5}", "[phone]"),
        ("[(]?[0-9]{3,5}[)]?[ ./-][0-9]{3,4}[ ./-]?[0-9]{3,4}", "[phone]"),
        ("[0-9]{10,12}", "[phone]"),
    ]) %}
{% endmacro %}

{# Every match of a pattern replaced. #}
{% macro replace_all(expression, pattern, replacement) %}
    {{- return(adapter.dispatch('replace_all', 'ai_cx_metrics')(expression, pattern, replacement)) -}}
{% endmacro %}

{% macro default__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}
