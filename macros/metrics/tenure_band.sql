{#
    Band of a tenure in days: the first of var cx_tenure_bands whose upper limit (days, exclusive) is
    above it, longer beyond the last, unknown for NULL.
#}
{% macro tenure_band(days) -%}
    case
        when {{ days }} is null then 'unknown'
        {%- for band, limit in var('cx_tenure_bands').items() | sort(attribute='1') %}
        when {{ days }} < {{ limit }} then '{{ band }}'
        {%- endfor %}
        else 'longer'
    end
{%- endmacro %}
