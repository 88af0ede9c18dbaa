{#
    Squared standard error of one side of a release comparison, from the columns of
    int_release_days, before design effects. That of a proportion is at least what it would be with
    one success and one failure more: a side that has seen no failure yet is not known for certain.
#}
{% macro release_side_variance(alias, kind, is_control=false) -%}
    {%- set c = alias ~ ('.control_' if is_control else '.') -%}
    {%- set value = '(' ~ c ~ 'num / nullif(' ~ c ~ 'den, 0))' -%}
    {%- set size = '(' ~ c ~ 'den * ' ~ c ~ 'den / nullif(' ~ c ~ 'den2, 0))' -%}
    {%- set smoothed = '((' ~ value ~ ' * ' ~ size ~ ' + 1) / (' ~ size ~ ' + 2))' -%}
    greatest(
        greatest(0e0, {{ c }}num2 - {{ value }} * (2 * {{ c }}numden - {{ value }} * {{ c }}den2))
        * {{ c }}n / nullif({{ c }}n - 1, 0) / nullif({{ c }}den * {{ c }}den, 0),
        case
            when {{ kind }} = 'proportion'
                then {{ smoothed }} * (1 - {{ smoothed }}) / nullif({{ size }}, 0)
            else 0e0
        end
    )
{%- endmacro %}


{# A value in words: a share as per cent, a difference of shares as points, others as they are. #}
{% macro value_text(value, unit, share_unit='%') -%}
    case
        when {{ unit }} = 'share'
            then cast(round(100 * ({{ value }}), 1) as string) || ' {{ share_unit }}'
        else cast(round({{ value }}, 2) as string)
    end
{%- endmacro %}


{% macro difference_text(value, unit) -%}
    {{ value_text(value, unit, 'points') }}
{%- endmacro %}
