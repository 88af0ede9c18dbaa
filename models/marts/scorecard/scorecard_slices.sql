{% set counts = ['eligible_n', 'evidenced_n', 'n'] %}
{%- set sums = [
    'w', 'w2', 'num', 'den', 'num2', 'den2', 'numden', 'num_down', 'num_up'
] -%}
with daily as (
    select *
    from {{ ref('metric_daily') }}
),

periods as (
    select *
    from {{ ref('metric_periods') }}
),

masks as (
    {{- scorecard_masks() }}
),

-- Once by period and dimensions; only these few rows are multiplied by the masks.
summed as (
    select
        daily.metric_id,
        periods.period,
        daily.intent_id,
        daily.channel,
        daily.customer_segment,
        daily.is_mature,
        {%- for column in counts %}
        cast(sum(daily.{{ column }}) as bigint) as {{ column }},
        {%- endfor %}
        {%- for column in sums %}
        sum(daily.{{ column }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from daily
    inner join periods
        on
            daily.metric_id = periods.metric_id
            and daily.metric_date between periods.period_starts_on and periods.period_ends_on
    group by
        daily.metric_id,
        periods.period,
        daily.intent_id,
        daily.channel,
        daily.customer_segment,
        daily.is_mature
),

masked as (
    select
        summed.metric_id,
        summed.period,
        {{- masked_dimensions() }},
        summed.is_mature,
        {%- for column in counts + sums %}
        summed.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from summed
    cross join masks
)

select
    {{ scorecard_key() | join(',\n    ') }},
    sum(case when is_mature then eligible_n else 0 end)
    / nullif(cast(sum(eligible_n) as double), 0) as maturity,
    {%- for column in counts %}
    cast(sum(case when is_mature then {{ column }} else 0 end) as bigint) as {{ column }},
    {%- endfor %}
    {%- for column in sums %}
    sum(case when is_mature then {{ column }} else 0 end) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from masked
group by {{ scorecard_key() | join(', ') }}
