{# Seconds from one timestamp to a later one (double, fractions kept). #}
{% macro seconds_between(earlier, later) %}
    {{- return(adapter.dispatch('seconds_between', 'ai_cx_metrics')(earlier, later)) -}}
{% endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1000000.0)
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    ((unix_micros({{ later }}) - unix_micros({{ earlier }})) / 1000000.0D)
{%- endmacro %}


{# A timestamp moved by a number of seconds (an expression; fractions are dropped). #}
{% macro add_seconds(timestamp, seconds) -%}
    ({{ timestamp }} + cast(floor({{ seconds }}) as bigint) * interval '1' second)
{%- endmacro %}
