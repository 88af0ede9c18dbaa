{% set weeks = var('cx_rollout_weeks') -%}
-- A cohort are the agents whose assistance began in the same week; its controls are the agents who
-- have none until its window ends. That week itself is left out: it is half one, half the other.
with agent_weeks as (
    select *
    from {{ ref('int_agent_weeks_productive') }}
    where is_mature
),

starts as (
    select
        agent_id,
        cast(date_trunc('week', min(assist_enabled_from)) as date) as assisted_from
    from {{ ref('int_agents_accepted') }}
    group by agent_id
),

cohorts as (
    select distinct assisted_from as cohort_starts_on
    from starts
    where assisted_from is not null
),

members as (
    select
        cohorts.cohort_starts_on,
        starts.agent_id,
        coalesce(starts.assisted_from = cohorts.cohort_starts_on, false) as is_treated
    from cohorts
    inner join starts
        on
            cohorts.cohort_starts_on = starts.assisted_from
            or starts.assisted_from is null
            or starts.assisted_from > cohorts.cohort_starts_on + {{ 7 * weeks }}
),

windowed as (
    select
        members.cohort_starts_on,
        members.agent_id,
        members.is_treated,
        case
            when agent_weeks.week_starts_on > members.cohort_starts_on then 'after'
            when
                agent_weeks.week_starts_on
                < members.cohort_starts_on - {{ 7 * (weeks // 2) }}
                then 'early'
            else 'late'
        end as phase,
        agent_weeks.paid_hours,
        agent_weeks.standardised_resolutions
    from members
    inner join agent_weeks
        on
            members.agent_id = agent_weeks.agent_id
            and members.cohort_starts_on <> agent_weeks.week_starts_on
            and members.cohort_starts_on - {{ 7 * weeks }} <= agent_weeks.week_starts_on
            and members.cohort_starts_on + {{ 7 * weeks }} >= agent_weeks.week_starts_on
),

rates as (
    select
        cohort_starts_on,
        agent_id,
        is_treated,
        {%- for name, phases in {
            'rate_before': "('early', 'late')", 'rate_after': "('after')",
            'rate_early': "('early')", 'rate_late': "('late')"
        }.items() %}
        sum(case when phase in {{ phases }} then standardised_resolutions end)
        / nullif(sum(case when phase in {{ phases }} then paid_hours end), 0) as {{ name }}
            {{- "," if not loop.last }}
        {%- endfor %}
    from windowed
    group by cohort_starts_on, agent_id, is_treated
)

select
    cohort_starts_on,
    agent_id,
    is_treated,
    rate_before,
    rate_after,
    rate_after - rate_before as change,
    rate_late - rate_early as change_before
from rates
where rate_early is not null and rate_late is not null and rate_after is not null
