{# A value in words: a share as per cent, a difference of shares as points, others as they are. #}
{% macro value_text(value, unit, share_unit='%') -%}
    case
        when {{ unit }} = 'share'
            then cast({{ rounded('100 * (' ~ value ~ ')', 1) }} as string) || ' {{ share_unit }}'
        else cast({{ rounded(value, 2) }} as string)
    end
{%- endmacro %}


{% macro difference_text(value, unit) -%}
    {{ value_text(value, unit, 'points') }}
{%- endmacro %}
