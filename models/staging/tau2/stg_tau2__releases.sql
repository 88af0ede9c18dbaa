select
    'tau2' as source_system,
    agent_model as source_event_id,
    cast(null as timestamp) as ingested_at,
    cast(null as string) as cast_errors,
    agent_model as release_id,
    agent_model as model,
    string_agg(distinct agent_implementation, ', ' order by agent_implementation)
        as prompt_version,
    min(started_at) as deployed_at,
    cast(null as timestamp) as rolled_back_at
from {{ ref('base_tau2__conversations') }}
group by agent_model
