-- Only answered segments are handled; one without any reported duration has no handle time.
with segments as (
    select
        contact_id,
        count(*) as answered_segments,
        count(case
            when coalesce(talk_seconds, hold_seconds, wrap_seconds) is not null then 1
        end) as timed_segments,
        sum(coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(wrap_seconds, 0))
            as handle_seconds,
        max_by(agent_id, {{ latest_key('answered_at', 'agent_id') }})
            filter (where agent_id is not null) as last_agent_id,
        max(answered_at) as last_answered_at
    from {{ ref('int_agent_segments_attributed') }}
    where answered_at is not null
    group by contact_id
)

select
    segments.contact_id,
    contacts.journey_id,
    segments.answered_segments,
    segments.answered_segments = segments.timed_segments as is_timed,
    cast(segments.handle_seconds as double) as handle_seconds,
    segments.last_agent_id,
    segments.last_answered_at
from segments
inner join {{ ref('int_contacts_dimensioned') }} as contacts
    on segments.contact_id = contacts.contact_id
