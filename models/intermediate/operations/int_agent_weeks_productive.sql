-- A confirmed resolution is the work of the agent who handled the journey last, and counts as much
-- as its complexity takes to handle on average, whoever handles it.
with handled as (
    select
        timed.*,
        contacts.complexity
    from {{ ref('int_contacts_handled') }} as timed
    inner join {{ ref('int_contacts_dimensioned') }} as contacts
        on timed.contact_id = contacts.contact_id
),

average_work as (
    select avg(handle_seconds) as handle_seconds
    from handled
    where is_timed
),

standards as (
    select
        handled.complexity,
        avg(handled.handle_seconds) / nullif(max(average_work.handle_seconds), 0)
            as standard_work
    from handled
    cross join average_work
    where handled.is_timed
    group by handled.complexity
),

credits as (
    select
        journey_id,
        max_by(last_agent_id, {{ latest_key('last_answered_at', 'last_agent_id') }}) as agent_id,
        cast(max(last_answered_at) as date) as worked_on
    from handled
    where last_agent_id is not null
    group by journey_id
),

resolutions as (
    select
        credits.agent_id,
        credits.worked_on,
        bool_and(journeys.is_mature) as is_mature,
        count_if(journeys.is_confirmed_resolution) as confirmed_resolutions,
        sum(
            case
                when journeys.is_confirmed_resolution then coalesce(standards.standard_work, 1e0)
                else 0e0
            end
        ) as standardised_resolutions
    from credits
    inner join {{ ref('fct_journeys') }} as journeys
        on credits.journey_id = journeys.journey_id
    left join standards on journeys.complexity = standards.complexity
    group by credits.agent_id, credits.worked_on
),

weekly as (
    select
        days.agent_id,
        days.team,
        cast(date_trunc('week', days.worked_on) as date) as week_starts_on,
        days.is_assisted,
        sum(days.paid_hours) as paid_hours,
        sum(coalesce(resolutions.confirmed_resolutions, 0)) as confirmed_resolutions,
        sum(coalesce(resolutions.standardised_resolutions, 0)) as standardised_resolutions,
        bool_and(coalesce(resolutions.is_mature, true)) as is_mature
    from {{ ref('int_agent_days_paid') }} as days
    left join resolutions
        on days.agent_id = resolutions.agent_id and days.worked_on = resolutions.worked_on
    group by
        days.agent_id,
        days.team,
        cast(date_trunc('week', days.worked_on) as date),
        days.is_assisted
)

-- A week is mature for everybody or for nobody: else the agents with quick cases would lead.
select
    agent_id || '@' || cast(week_starts_on as string) || '@' || team
    || case when is_assisted then '@assisted' else '@unassisted' end as agent_week_id,
    agent_id,
    team,
    week_starts_on,
    is_assisted,
    bool_and(is_mature) over (partition by week_starts_on) as is_mature,
    cast(paid_hours as double) as paid_hours,
    cast(confirmed_resolutions as bigint) as confirmed_resolutions,
    cast(standardised_resolutions as double) as standardised_resolutions
from weekly
where paid_hours > 0
