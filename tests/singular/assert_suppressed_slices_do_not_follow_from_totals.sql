-- Along each dimension: a total and its slices are an equation. One unknown in it is no secret, and
-- several are none if together they are fewer than var cx_min_n.
with cells as (
    select
        estimates.metric_id,
        estimates.period,
        estimates.intent_id,
        estimates.channel,
        estimates.customer_segment,
        estimates.is_suppressed,
        slices.n
    from {{ ref('scorecard_estimates') }} as estimates
    inner join {{ ref('scorecard_slices') }} as slices
        on
            estimates.metric_id = slices.metric_id
            and estimates.period = slices.period
            and estimates.intent_id = slices.intent_id
            and estimates.channel = slices.channel
            and estimates.customer_segment = slices.customer_segment
    where slices.n > 0
),

lines as (
    {%- for dimension in scorecard_dimensions() %}
    {%- set others = scorecard_dimensions() | reject('equalto', dimension) | join(', ') %}
    select
        metric_id,
        period,
        '{{ dimension }}' as dimension,
        sum(case when is_suppressed then 1 else 0 end) as hidden,
        sum(case when is_suppressed and {{ dimension }} <> 'all' then n else 0 end) as hidden_n,
        max(case when {{ dimension }} = 'all' and not is_suppressed then 1 else 0 end) as has_total,
        max(case when customer_segment <> 'all' and not is_suppressed then 1 else 0 end)
            as shows_a_segment
    from cells
    group by metric_id, period, {{ others }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select *
from lines
where
    shows_a_segment = 1
    and (hidden = 1 or (hidden > 0 and has_total = 1 and hidden_n < {{ var('cx_min_n') }}))
