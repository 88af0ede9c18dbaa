-- Team and tenure are those of the moment of display, from the latest row of the agent that holds.
with suggestions as (
    select *
    from {{ ref('int_suggestions_attributed') }}
    where displayed_at is not null
),

agent_versions as (
    select
        suggestions.source_system,
        suggestions.suggestion_id,
        agents.team,
        agents.hired_on,
        row_number() over (
            partition by suggestions.source_system, suggestions.suggestion_id
            order by agents.valid_from desc nulls last, agents.source_event_id asc
        ) as version_rank
    from suggestions
    inner join {{ ref('int_agents_accepted') }} as agents
        on
            suggestions.source_system = agents.source_system
            and suggestions.agent_id = agents.agent_id
            and suggestions.displayed_at
            >= coalesce(agents.valid_from, cast('0001-01-01' as timestamp))
            and suggestions.displayed_at
            < coalesce(agents.valid_to, cast('9999-12-31' as timestamp))
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

aged as (
    select
        suggestions.source_system || ':' || suggestions.suggestion_id as suggestion_id,
        suggestions.contact_id,
        suggestions.source_system,
        suggestions.agent_id,
        suggestions.action,
        suggestions.displayed_at,
        coalesce(agent_versions.team, 'unknown') as team,
        {{ seconds_between(
            'cast(agent_versions.hired_on as timestamp)', 'suggestions.displayed_at'
        ) }} / 86400 as tenure_days
    from suggestions
    left join agent_versions
        on
            suggestions.source_system = agent_versions.source_system
            and suggestions.suggestion_id = agent_versions.suggestion_id
            and agent_versions.version_rank = 1
)

select
    aged.suggestion_id,
    contacts.contact_id,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    contacts.release_id,
    cast(aged.displayed_at as date) as displayed_on,
    aged.source_system || ':' || aged.agent_id as agent_id,
    aged.team,
    {{ tenure_band('aged.tenure_days') }} as tenure_band,
    aged.action,
    coalesce(aged.action in ('accepted', 'edited'), false) as is_used
from aged
inner join contacts on aged.contact_id = contacts.contact_id
