-- a group that sends a ticket on without having taken it has refused it; where the log ends there,
-- it is still waiting
select
    'tickets' as source_system,
    interaction_id || '/stint/' || cast(stint_number as string) as source_event_id,
    coalesce(answered_at, offered_at) as ingested_at,
    cast(null as string) as cast_errors,
    interaction_id,
    case when previous_line_number > 1 then 'specialist' else 'agent' end as from_type,
    case when line_number > 1 then 'specialist' else 'agent' end as to_type,
    offered_at as requested_at,
    case
        when answered_at is not null then 'connected'
        when is_last then 'deferred'
        else 'refused'
    end as status,
    'agent' as requested_by,
    answered_at as connected_at,
    cast(null as int) as context_fields_expected,
    cast(null as int) as context_fields_passed,
    cast(null as boolean) as is_context_used,
    intent_id as intent_before,
    cast(null as string) as intent_after,
    cast(null as string) as to_interaction_id
from {{ ref('base_tickets__stints') }}
where previous_line_number is not null
