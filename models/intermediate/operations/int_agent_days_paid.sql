with hours as (
    select
        agent_id,
        worked_on,
        sum(paid_seconds) as paid_seconds
    from {{ ref('int_agent_hours_accepted') }}
    group by agent_id, worked_on
),

-- An agent who changes team has several records: the latest that holds on the day counts.
versions as (
    select
        hours.agent_id,
        hours.worked_on,
        hours.paid_seconds,
        agents.team,
        agents.assist_enabled_from,
        row_number() over (
            partition by hours.agent_id, hours.worked_on
            order by
                agents.valid_from desc nulls last,
                agents.source_system asc,
                agents.source_event_id asc
        ) as version_rank
    from hours
    left join {{ ref('int_agents_accepted') }} as agents
        on
            hours.agent_id = agents.agent_id
            and hours.worked_on
            >= coalesce(cast(agents.valid_from as date), cast('0001-01-01' as date))
            and hours.worked_on
            < coalesce(cast(agents.valid_to as date), cast('9999-12-31' as date))
)

select
    agent_id,
    worked_on,
    coalesce(team, 'unknown') as team,
    coalesce(worked_on >= cast(assist_enabled_from as date), false) as is_assisted,
    cast(paid_seconds as double) / 3600 as paid_hours
from versions
where version_rank = 1
