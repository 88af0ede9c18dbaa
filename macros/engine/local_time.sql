{#
    The UTC time of a clock reading in a time zone (IANA name, such as 'Europe/Berlin'), daylight
    saving included. A reading that the spring change skips counts from before the change (02:30
    becomes 03:30 summer time). One that the autumn change repeats is the first of the two.
#}
{% macro local_to_utc(timestamp, time_zone) %}
    {{- return(adapter.dispatch('local_to_utc', 'ai_cx_metrics')(timestamp, time_zone)) -}}
{% endmacro %}

{% macro default__local_to_utc(timestamp, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ timestamp }}))
{%- endmacro %}

{# DuckDB takes the second of two equal readings: an hour earlier is the first, if the clock agrees. #}
{% macro duckdb__local_to_utc(timestamp, time_zone) -%}
    {%- set second = "timezone('UTC', timezone(" ~ time_zone ~ ", " ~ timestamp ~ "))" -%}
    {%- set first = "(" ~ second ~ " - interval 1 hour)" -%}
    case
        when timezone({{ time_zone }}, timezone('UTC', {{ first }})) = {{ timestamp }}
            then {{ first }}
        else {{ second }}
    end
{%- endmacro %}

{% macro spark__local_to_utc(timestamp, time_zone) -%}
    to_utc_timestamp({{ timestamp }}, {{ time_zone }})
{%- endmacro %}


{# Day of the week of a date, 1 for Monday to 7 for Sunday. #}
{% macro iso_weekday(date) %}
    {{- return(adapter.dispatch('iso_weekday', 'ai_cx_metrics')(date)) -}}
{% endmacro %}

{% macro default__iso_weekday(date) -%}
    cast(isodow({{ date }}) as int)
{%- endmacro %}

{% macro spark__iso_weekday(date) -%}
    (weekday({{ date }}) + 1)
{%- endmacro %}


{# Minutes since midnight of a text such as '08:30'; '24:00' is the end of the day. #}
{% macro minutes_of_day(text) -%}
    (cast(split_part({{ text }}, ':', 1) as int) * 60 + cast(split_part({{ text }}, ':', 2) as int))
{%- endmacro %}


{# Names of the time zones that the engine knows; none where it cannot list them. #}
{% macro time_zone_names() %}
    {% do return(adapter.dispatch("time_zone_names", "ai_cx_metrics")()) %}
{% endmacro %}


{% macro default__time_zone_names() %}
    {% do return(none) %}
{% endmacro %}


{% macro duckdb__time_zone_names() %}
    {% do return(run_query("select name from pg_timezone_names()").columns[0].values() | list) %}
{% endmacro %}
