{#
    Select statement: the customer segments of each metric and period, with is_withheld. Withheld are
    those of fewer than min_n units, and then so many more that none of them follows from a total:
    - a period's segments add up to the whole, which is always shown;
    - a segment's months and weeks add up to its value of all time, its days to its weeks and months.
    Along each of these lines nothing or at least two are withheld, together min_n units or more
    unless the total is withheld too. Columns: those of the relation, is_withheld.

    relation: one row per metric_id, period (all, month, week, day), period_starts_on and slice_value
    with n, the units of the value
#}
{% macro withheld_segments(relation, min_n) -%}
    {%- set across = {"line": ["metric_id", "period", "period_starts_on"]} -%}
    {%- set along = {"line": ["metric_id", "period", "slice_value"], "total": "all",
        "line_of_total": ["metric_id", "slice_value"]} -%}
    {%- set of_week = {"line": ["metric_id", "period", "slice_value", "week_starts_on"],
        "total": "week", "line_of_total": ["metric_id", "slice_value", "week_starts_on"]} -%}
    {%- set of_month = {"line": ["metric_id", "period", "slice_value", "month_starts_on"],
        "total": "month", "line_of_total": ["metric_id", "slice_value", "month_starts_on"]} -%}
    {#- Totals first, so that what a later step withholds is no total of a finished one. What the
        lines of a step leave open is closed by withholding all segments of the period's kind. -#}
    {%- set steps = [
        [["all", "month", "week", "day"], [across], []],
        [["month", "week"], [along, across, along, across], [along, across]],
        [["day"], [of_week, of_month, across] * 2, [of_week, of_month, across]],
    ] -%}
    with withheld_0 as (
        select
            cells.*,
            cast(date_trunc('week', period_starts_on) as date) as week_starts_on,
            cast(date_trunc('month', period_starts_on) as date) as month_starts_on,
            n < {{ min_n }} as is_withheld
        from {{ relation }} as cells
    )
    {%- set number = namespace(of=0) %}
    {%- for periods, lines, last_lines in steps %}
    {%- for line in lines %},

    withheld_{{ number.of + 1 }} as (
        select
            {{ _segment_columns() }},
            is_withheld or (
                {{ _is_in(periods) }}
                and n > 0
                and withheld_cells + withheld_total > 0
                and (
                    cell_rank + withheld_total <= 2
                    or (withheld_total = 0 and n_before < {{ min_n }})
                )
            ) as is_withheld
        from (
            {{- _segment_lines('withheld_' ~ number.of, line) }}
        ) as lines
    )
    {%- set number.of = number.of + 1 %}
    {%- endfor %}
    {%- if last_lines %},

    open_{{ number.of }} as (
        {%- for line in last_lines %}
        select
            metric_id,
            period
        from (
            {{- _segment_lines('withheld_' ~ number.of, line) }}
        ) as lines
        where
            {{ _is_in(periods) }}
            and n > 0
            and not is_withheld
            and (
                withheld_cells + withheld_total = 1
                or (
                    withheld_cells > 0 and withheld_total = 0 and n_withheld < {{ min_n }}
                )
            )
        {{ "union" if not loop.last }}
        {%- endfor %}
    ),

    withheld_{{ number.of + 1 }} as (
        select
            {{ _segment_columns('cells.') }},
            cells.is_withheld or open_lines.metric_id is not null as is_withheld
        from withheld_{{ number.of }} as cells
        left join open_{{ number.of }} as open_lines
            on cells.metric_id = open_lines.metric_id and cells.period = open_lines.period
    )
    {%- set number.of = number.of + 1 %}
    {%- endif %}
    {%- endfor %}

    select
        metric_id,
        period,
        period_starts_on,
        slice_value,
        n,
        is_withheld
    from withheld_{{ number.of }}
{%- endmacro %}


{% macro _segment_columns(prefix='') -%}
    {%- for column in [
        "metric_id", "period", "period_starts_on", "slice_value", "n", "week_starts_on",
        "month_starts_on",
    ] -%}
        {{ prefix ~ column }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro _is_in(periods) -%}
    period in ('{{ periods | join("', '") }}')
{%- endmacro %}


{#
    The cells, with what is withheld in their line (as cells, as units, and whether its total is) and
    where they stand in it: withheld ones first, then from the smallest.
#}
{% macro _segment_lines(relation, line) %}
            select
                cells.*,
                sum(case when n > 0 then 1 else 0 end) over ranked as cell_rank,
                (sum(n) over ranked) - n as n_before,
                sum(case when is_withheld and n > 0 then 1 else 0 end) over whole
                    as withheld_cells,
                sum(case when is_withheld then n else 0 end) over whole as n_withheld,
                {%- if line.get("total") %}
                max(case when period = '{{ line["total"] }}' and is_withheld then 1 else 0 end)
                    over (partition by {{ line["line_of_total"] | join(", ") }})
                    as withheld_total
                {%- else %}
                0 as withheld_total
                {%- endif %}
            from {{ relation }} as cells
            window
                whole as (partition by {{ line["line"] | join(", ") }}),
                ranked as (
                    partition by {{ line["line"] | join(", ") }}
                    order by
                        case when is_withheld then 0 else 1 end asc,
                        n asc,
                        slice_value asc,
                        period_starts_on asc
                    rows between unbounded preceding and current row
                )
{% endmacro %}
