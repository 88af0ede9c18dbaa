{#
    Select statement: the change of a rate or mean between consecutive periods, split by category
    into mix (shares moved) and within (the categories' own rates moved). Kitagawa 1955:
    mix    = (share - share before) * (rate + rate before) / 2
    within = (rate - rate before) * (share + share before) / 2
    Summed over the categories they give the change of the overall value exactly.
    Units: the value's.

    One row per partition, period (but the first) and category. A category without
    denominator in one of the two periods has no rate there: its whole effect is mix. Rows with a
    NULL category are dropped, so name the unknown.

    relation: rows of partition_columns, period, category, numerator, denominator (they are summed)
#}
{% macro kitagawa(
    relation, period, category, numerator='num', denominator='den', partition_columns=[]
) %}
    {%- set keys = partition_columns + [period] %}
    with kitagawa_cells as (
        select
            {%- for name in keys + [category] %}
            {{ name }},
            {%- endfor %}
            cast(sum({{ numerator }}) as double) as num,
            cast(sum({{ denominator }}) as double) as den
        from {{ relation }}
        where {{ category }} is not null
        group by {{ (keys + [category]) | join(', ') }}
    ),

    kitagawa_periods as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            total_num,
            total_den,
            lag({{ period }}) over ({{ partition_by(partition_columns) }} order by {{ period }})
                as period_before,
            lag(total_num) over ({{ partition_by(partition_columns) }} order by {{ period }})
                as total_num_before,
            lag(total_den) over ({{ partition_by(partition_columns) }} order by {{ period }})
                as total_den_before
        from (
            select
                {%- for name in keys %}
                {{ name }},
                {%- endfor %}
                sum(num) as total_num,
                sum(den) as total_den
            from kitagawa_cells
            group by {{ keys | join(', ') }}
            having sum(den) > 0
        ) as totals
    ),

    kitagawa_categories as (
        select distinct {{ (partition_columns + [category]) | join(', ') }}
        from kitagawa_cells
    ),

    kitagawa_pairs as (
        select
            {%- for name in partition_columns %}
            p.{{ name }},
            {%- endfor %}
            p.{{ period }},
            p.period_before,
            c.{{ category }},
            p.total_num / p.total_den as overall,
            p.total_num_before / p.total_den_before as overall_before,
            coalesce(a.den, 0) / p.total_den as share,
            coalesce(b.den, 0) / p.total_den_before as share_before,
            a.num / nullif(a.den, 0) as rate,
            b.num / nullif(b.den, 0) as rate_before,
            coalesce(a.num, 0) / p.total_den as part,
            coalesce(b.num, 0) / p.total_den_before as part_before
        from kitagawa_periods as p
        inner join kitagawa_categories as c
            on true
            {%- for name in partition_columns %} and p.{{ name }} = c.{{ name }}{% endfor %}
        left join kitagawa_cells as a
            on p.{{ period }} = a.{{ period }} and c.{{ category }} = a.{{ category }}
            {%- for name in partition_columns %} and p.{{ name }} = a.{{ name }}{% endfor %}
        left join kitagawa_cells as b
            on p.period_before = b.{{ period }} and c.{{ category }} = b.{{ category }}
            {%- for name in partition_columns %} and p.{{ name }} = b.{{ name }}{% endfor %}
        where p.period_before is not null
    )

    select
        {%- for name in partition_columns %}
        {{ name }},
        {%- endfor %}
        {{ period }},
        period_before,
        {{ category }},
        overall - overall_before as overall_change,
        share,
        share_before,
        rate,
        rate_before,
        coalesce((share - share_before) * (rate + rate_before) / 2, part - part_before)
            as mix_effect,
        coalesce((rate - rate_before) * (share + share_before) / 2, 0) as within_effect
    from kitagawa_pairs
{%- endmacro %}
