with estimates as (
    select *
    from {{ ref('scorecard_estimates') }}
),

glossary as (
    select *
    from {{ ref('metric_glossary') }}
),

-- A metric or period without a single unit still has its row: silence would read as health.
spined as (
    select
        glossary.metric_id,
        periods.period,
        'all' as intent_id,
        'all' as channel,
        'all' as customer_segment
    from glossary
    cross join (
        select 'last_4_weeks' as period
        union all
        select 'all' as period
    ) as periods
    union
    select
        metric_id,
        period,
        intent_id,
        channel,
        customer_segment
    from estimates
    where period <> 'previous_4_weeks'
),

sliced as (
    select
        spined.*,
        case
            when
                case when spined.intent_id = 'all' then 0 else 1 end
                + case when spined.channel = 'all' then 0 else 1 end
                + case when spined.customer_segment = 'all' then 0 else 1 end > 1
                then 'combined'
            when spined.intent_id <> 'all' then 'intent_id'
            when spined.channel <> 'all' then 'channel'
            when spined.customer_segment <> 'all' then 'customer_segment'
            else 'overall'
        end as slice_dimension,
        coalesce(
            nullif(spined.intent_id, 'all'),
            nullif(spined.channel, 'all'),
            nullif(spined.customer_segment, 'all'),
            'all'
        ) as slice_value
    from spined
),

intents as (
    select
        intent_id,
        max_by(risk_tier, valid_from) as risk_tier
    from {{ ref('dim_intents') }}
    group by intent_id
),

charts as (
    select *
    from {{ ref('metric_process_charts') }}
    where is_latest
),

-- The violations of severity 1 of a metric are its companion of that name.
serious as (
    select
        {{ scorecard_key() | join(',\n        ') }},
        events
    from estimates
    where metric_id like '%severity_1'
    union all
    select
        replace(metric_id, '_severity_1', '') as metric_id,
        {{ scorecard_key()[1:] | join(',\n        ') }},
        events
    from estimates
    where metric_id like '%severity_1'
)

select
    {%- for column in scorecard_key() %}
    sliced.{{ column }},
    {%- endfor %}
    sliced.slice_dimension,
    periods.period_starts_on,
    periods.period_ends_on,
    glossary.metric_name,
    glossary.category,
    glossary.tier,
    glossary.companion_of,
    glossary.leading_lagging,
    glossary.kind,
    glossary.owner,
    glossary.unit,
    glossary.direction_of_good,
    glossary.guardrail_metric_id,
    glossary.scorecard_weight,
    glossary.definition,
    glossary.definition_version,
    intents.risk_tier,
    estimates.value,
    estimates.lower_95,
    estimates.upper_95,
    estimates.n,
    estimates.eligible_n,
    estimates.coverage,
    estimates.maturity,
    case
        when estimates.metric_id is null then 'not_computable'
        else estimates.status
    end as status,
    case
        when estimates.metric_id is not null then estimates.status_reason
        when availability.missing_required_input is not null
            then 'no ' || availability.missing_required_input
        when periods.latest_week_starts_on is null and sliced.period = 'last_4_weeks'
            then 'no mature week yet'
        else 'no unit in the period'
    end as status_reason,
    coalesce(estimates.is_suppressed, false) as is_suppressed,
    previous.value as previous_value,
    targets.target,
    targets.target_risk_tier,
    targets.target_channel,
    coalesce(serious.events, 0) > 0 as has_severity_1,
    charts.week_starts_on as charted_week_starts_on,
    charts.variation_signal,
    charts.assurance_signal,
    charts.ewma_signal,
    charts.special_cause,
    charts.baseline_size as chart_points,
    charts.is_trial,
    charts.is_autocorrelated,
    charts.autocorrelation,
    charts.rebased_on,
    charts.rebase_reason
from sliced
inner join glossary on sliced.metric_id = glossary.metric_id
inner join {{ ref('metric_availability') }} as availability
    on sliced.metric_id = availability.metric_id
left join {{ ref('metric_periods') }} as periods
    on sliced.metric_id = periods.metric_id and sliced.period = periods.period
left join estimates
    on
        {%- for column in scorecard_key() %}
        sliced.{{ column }} = estimates.{{ column }}
        {{- " and" if not loop.last }}
        {%- endfor %}
left join estimates as previous
    on
        sliced.period = 'last_4_weeks'
        and previous.period = 'previous_4_weeks'
        and sliced.metric_id = previous.metric_id
        {%- for column in scorecard_dimensions() %}
        and sliced.{{ column }} = previous.{{ column }}
        {%- endfor %}
left join serious
    on
        {%- for column in scorecard_key() %}
        sliced.{{ column }} = serious.{{ column }}
        {{- " and" if not loop.last }}
        {%- endfor %}
left join intents on sliced.intent_id = intents.intent_id
left join {{ ref('metric_targets_resolved') }} as targets
    on
        sliced.metric_id = targets.metric_id
        and coalesce(intents.risk_tier, 'all') = targets.risk_tier
        and sliced.channel = targets.channel
        and periods.period_ends_on >= targets.valid_from
        and periods.period_ends_on < coalesce(targets.valid_to, cast('9999-12-31' as date))
-- A chart that stopped before the latest four weeks says nothing about them.
left join charts
    on
        sliced.metric_id = charts.metric_id
        and sliced.slice_dimension = charts.slice_dimension
        and sliced.slice_value = charts.slice_value
        and charts.week_starts_on
        >= cast({{ dbt.dateadd('day', -21, 'periods.latest_week_starts_on') }} as date)
