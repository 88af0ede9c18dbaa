{# Fails by the difference of the two row counts, in all or per group. #}
{% test equal_rowcount(model, compare_model, group_by_columns=[]) %}
{{ config(fail_calc="sum(coalesce(diff_count, 0))") }}
with counted as (
    select
        {%- for column in group_by_columns %}
        {{ column }},
        {%- endfor %}
        1 as is_here,
        0 as is_there
    from {{ model }}
    union all
    select
        {%- for column in group_by_columns %}
        {{ column }},
        {%- endfor %}
        0 as is_here,
        1 as is_there
    from {{ compare_model }}
)

select
    {%- for column in group_by_columns %}
    {{ column }},
    {%- endfor %}
    sum(is_here) as count_a,
    sum(is_there) as count_b,
    abs(sum(is_here) - sum(is_there)) as diff_count
from counted
{%- if group_by_columns %}
group by {{ group_by_columns | join(", ") }}
{%- endif %}
{% endtest %}
