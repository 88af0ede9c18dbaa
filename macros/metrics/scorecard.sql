{# The dimensions that the scorecard's filters combine. #}
{% macro scorecard_dimensions() %}
    {% do return(["intent_id", "channel", "customer_segment"]) %}
{% endmacro %}


{# Columns by which a slice of the scorecard is joined. #}
{% macro scorecard_key() %}
    {% do return(["metric_id", "period"] + scorecard_dimensions()) %}
{% endmacro %}


{# Rows of scorecard_dimensions, once for each set of them that a filter leaves at 'all'. #}
{% macro scorecard_masks() -%}
    {%- for mask in range(8) %}
    select
        {%- for dimension in scorecard_dimensions() %}
        {{ 'true' if (mask // (2 ** loop.index0)) % 2 else 'false' }} as by_{{ dimension }}{{ "," if not loop.last }}
        {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}


{# The scorecard's slice of a row, by the mask that it is joined to. #}
{% macro masked_dimensions() -%}
    {%- for dimension in scorecard_dimensions() %}
        case when masks.by_{{ dimension }} then {{ dimension }} else 'all' end as {{ dimension }}{{ ",\n" if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#
    Select statement that withholds slices which show a customer segment: those of fewer than min_n
    units, and then so many more that none of them follows from a total. Along each dimension a
    total is the sum of its slices; where one of these is withheld, at least two are, and together
    min_n units or more (while the total is shown). Each round goes once along each dimension, and
    takes the smallest slice of each line that is still open.

    relation: one row per metric_id, period and scorecard_dimensions ('all' for a total), with n.
    Columns: those, is_sensitive (shows a segment), is_withheld.
#}
{% macro withheld_slices(relation, min_n, rounds=2) -%}
    {%- set dimensions = scorecard_dimensions() -%}
    with withheld_0 as (
        select
            {{ (scorecard_key() + ['n']) | join(',\n            ') }},
            customer_segment <> 'all' as is_sensitive,
            customer_segment <> 'all' and n < {{ min_n }} as is_withheld
        from {{ relation }}
    )
    {%- for step in range(rounds * 3) %},

    withheld_{{ step + 1 }} as (
        {{ _withholding_step('withheld_' ~ step, dimensions[step % 3], min_n) }}
    )
    {%- endfor %}

    select
        {{ (scorecard_key() + ['n', 'is_sensitive', 'is_withheld']) | join(',\n        ') }}
    from withheld_{{ rounds * 3 }}
{%- endmacro %}


{#
    Select statement: what withheld_slices left open, by metric and period, with
    is_of_segments_alone: whether the segments without another dimension are among it.
#}
{% macro open_periods(relation, min_n) -%}
    select
        metric_id,
        period,
        max(case when is_of_segments_alone then 1 else 0 end) = 1 as is_of_segments_alone
    from (
        {%- for dimension in scorecard_dimensions() %}
        select
            metric_id,
            period,
            {{ "intent_id = 'all' and channel = 'all'" if dimension == 'customer_segment' else 'false' }}
                as is_of_segments_alone
        from ({{ _withholding_lines(relation, dimension, min_n) }}) as lines
        where is_open and is_sensitive and not is_withheld and n > 0
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as open_lines
    group by metric_id, period
{%- endmacro %}


{# The slices with is_open: whether what is withheld along the dimension follows from the total. #}
{% macro _withholding_lines(relation, dimension, min_n) -%}
    {%- set others = scorecard_dimensions() | reject('equalto', dimension) | join(', ') -%}
    select
        cells.*,
        {{ dimension }} = 'all' as is_total,
        coalesce(
            sum(case when is_withheld and n > 0 then 1 else 0 end) over line = 1
            or (
                sum(case when is_withheld and n > 0 then 1 else 0 end) over line > 0
                and sum(
                    case when {{ dimension }} = 'all' and is_withheld then 1 else 0 end
                ) over line = 0
                and sum(
                    case when {{ dimension }} <> 'all' and is_withheld then n else 0 end
                ) over line < {{ min_n }}
            ),
            false
        ) as is_open
    from {{ relation }} as cells
    window line as (partition by metric_id, period, {{ others }})
{%- endmacro %}


{# One step of withheld_slices: along one dimension, the smallest slice of each open line goes. #}
{% macro _withholding_step(relation, dimension, min_n) -%}
    {%- set others = scorecard_dimensions() | reject('equalto', dimension) | join(', ') -%}
    select
        {{ (scorecard_key() + ['n', 'is_sensitive']) | join(',\n        ') }},
        is_withheld or (
            is_open and is_sensitive and n > 0 and row_number() over (
                partition by metric_id, period, {{ others }}, is_withheld, n > 0
                order by is_total asc, n asc, {{ dimension }} asc
            ) = 1
        ) as is_withheld
    from ({{ _withholding_lines(relation, dimension, min_n) }}) as lines
{%- endmacro %}
