{% set gated_tiers = var('cx_portfolio_gated_risk_tiers') | join("', '") -%}
with clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

current_intents as (
    select
        intents.intent_id,
        intents.intent_family,
        intents.owner,
        intents.is_automatable,
        intents.risk_tier,
        intents.complexity,
        intents.value_usd,
        intents.automation_feasibility
    from {{ ref('dim_intents') }} as intents
    cross join clock
    where
        intents.valid_from <= clock.data_clock_at
        and (intents.valid_to > clock.data_clock_at or intents.valid_to is null)
),

span as (
    select
        greatest(
            {{ seconds_between('min(started_at)', 'max(started_at)') }} / (7 * 86400e0), 1e0
        ) as weeks
    from {{ ref('fct_journeys') }}
),

volumes as (
    select
        intent_id,
        count(*) as journeys,
        count_if(is_mature) as mature_journeys,
        count_if(is_mature and is_confirmed_resolution and handling_path = 'automation')
            as automated_resolutions
    from {{ ref('fct_journeys') }}
    group by intent_id
),

severe_violations as (
    select
        intent_id,
        sum(severity_1_violations) as severity_1_violations
    from {{ ref('int_turns_safety_checked') }}
    group by intent_id
),

indexed as (
    select
        current_intents.*,
        coalesce(volumes.journeys, 0) as journeys,
        coalesce(volumes.journeys, 0) / span.weeks as journeys_per_week,
        volumes.automated_resolutions / nullif(cast(volumes.mature_journeys as double), 0)
            as automated_share,
        coalesce(severe_violations.severity_1_violations, 0) as severity_1_violations,
        coalesce(volumes.journeys, 0) / span.weeks * current_intents.value_usd
        * current_intents.automation_feasibility as potential_usd_per_week,
        case
            when coalesce(severe_violations.severity_1_violations, 0) > 0
                then 'closed: a violation of severity 1 was delivered'
            when current_intents.risk_tier in ('{{ gated_tiers }}')
                then 'closed: risk tier ' || current_intents.risk_tier
            when
                current_intents.value_usd is null
                or current_intents.automation_feasibility is null
                then 'closed: the catalogue gives no value or feasibility'
            else 'open'
        end as gate
    from current_intents
    cross join span
    left join volumes on current_intents.intent_id = volumes.intent_id
    left join severe_violations on current_intents.intent_id = severe_violations.intent_id
),

ranked as (
    select
        indexed.*,
        row_number() over (
            partition by gate
            order by potential_usd_per_week desc nulls last, intent_id asc
        ) as gate_rank
    from indexed
)

select
    intent_id,
    intent_family,
    owner,
    is_automatable,
    risk_tier,
    complexity,
    cast(journeys as bigint) as journeys,
    cast(journeys_per_week as double) as journeys_per_week,
    value_usd,
    automation_feasibility,
    cast(automated_share as double) as automated_share,
    cast(severity_1_violations as bigint) as severity_1_violations,
    cast(potential_usd_per_week as double) as potential_usd_per_week,
    cast(
        100 * potential_usd_per_week / nullif(max(potential_usd_per_week) over (), 0) as double
    ) as portfolio_index,
    gate,
    cast(case when gate = 'open' then gate_rank end as bigint) as portfolio_rank
from ranked
