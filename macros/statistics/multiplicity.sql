{#
    Select statement: rows of the relation with their Benjamini-Hochberg q-value (adjusted p-value,
    0 to 1): the minimum over ranks r >= own of p(r) * m / r. Benjamini and Hochberg 1995.
    Rows without a p-value get none and do not count in m. Error: rounding only.

    columns: columns to keep; p_value: a column; partition_columns: families corrected apart
#}
{% macro benjamini_hochberg(
    relation, columns, p_value='p_value', partition_columns=[], q_value='q_value'
) %}
    {%- set family = partition_by(partition_columns + ['bh_is_tested']) %}
    select
        {%- for name in columns %}
        {{ name }},
        {%- endfor %}
        case
            when bh_is_tested
                then least(1e0, min({{ p_value }} * bh_tests / bh_rank) over (
                    {{ family }} order by bh_rank desc
                    rows between unbounded preceding and current row
                ))
        end as {{ q_value }}
    from (
        select
            tested.*,
            row_number() over ({{ family }} order by {{ p_value }}) as bh_rank,
            count(*) over ({{ family }}) as bh_tests
        from (
            select
                r.*,
                {{ p_value }} is not null as bh_is_tested
            from {{ relation }} as r
        ) as tested
    ) as ranked
{%- endmacro %}
