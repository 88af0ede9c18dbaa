{%- set sums = ['units', 'events', 'w', 'w2', 'x', 'xx'] -%}
{%- set weeks_back = 7 * (var('cx_fairness_weeks') - 1) -%}
-- Each week again over the weeks up to it: what could be known then. It gives alerts a history.
with metrics as (
    {{- fairness_metrics_relation() | indent(4) }}
),

units as (
    select *
    from {{ ref('int_fairness_units') }}
),

weekly as (
    select
        metric_id,
        segment_type,
        segment,
        intent_id,
        week_starts_on,
        count(*) as units,
        sum(case when value > 0 then 1 else 0 end) as events,
        sum(weight) as w,
        sum(weight * weight) as w2,
        sum(weight * value) as x,
        sum(weight * value * value) as xx
    from units
    group by metric_id, segment_type, segment, intent_id, week_starts_on
),

-- A unit has a row for each type of segment; as one of its customer it counts once.
customers as (
    select
        metric_id,
        customer_id,
        count(*) as units,
        sum(weight * value) as x,
        sum(weight) as d,
        sum(weight * value * weight * value) as x2,
        sum(weight * weight) as d2,
        sum(weight * value * weight) as xd
    from (
        select distinct
            metric_id,
            customer_id,
            unit_id,
            value,
            weight
        from units
    ) as single_units
    group by metric_id, customer_id
),

effects as (
    {{ design_effects('customers') | indent(4) }}
),

weeks as (
    select distinct
        weekly.metric_id,
        weekly.week_starts_on as as_of_week_starts_on
    from weekly
    inner join metrics on weekly.metric_id = metrics.metric_id
    inner join {{ ref('metric_periods') }} as periods
        on
            metrics.registry_metric_id = periods.metric_id
            and periods.period = 'last_4_weeks'
            and weekly.week_starts_on <= periods.latest_week_starts_on
)

select
    weeks.as_of_week_starts_on,
    weekly.metric_id,
    weekly.segment_type,
    weekly.segment,
    weekly.intent_id,
    min(effects.design_effect) as design_effect,
    {%- for column in sums %}
    cast(sum(weekly.{{ column }}) as double) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from weeks
inner join effects on weeks.metric_id = effects.metric_id
inner join weekly
    on
        weeks.metric_id = weekly.metric_id
        and weeks.as_of_week_starts_on >= weekly.week_starts_on
        and weekly.week_starts_on
        >= cast({{ dbt.dateadd('day', -weeks_back, 'weeks.as_of_week_starts_on') }} as date)
group by
    weeks.as_of_week_starts_on,
    weekly.metric_id,
    weekly.segment_type,
    weekly.segment,
    weekly.intent_id
