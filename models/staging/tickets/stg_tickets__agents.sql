select
    'tickets' as source_system,
    agent_id as source_event_id,
    cast(null as timestamp) as ingested_at,
    cast(null as string) as cast_errors,
    agent_id,
    cast(null as string) as team,
    cast(null as date) as hired_on,
    cast(null as timestamp) as assist_enabled_from,
    cast('{{ var("cx_earliest_event_date") }}' as timestamp) as valid_from,
    cast(null as timestamp) as valid_to
from {{ ref('base_tickets__steps') }}
where agent_id is not null
group by agent_id
