select
    journey_id,
    customer_id,
    source_system,
    intent_family,
    channel,
    started_at,
    ended_at,
    cast({{ seconds_between('started_at', 'ended_at') }} / 86400 as double) as duration_days,
    contacts,
    turns,
    outcome
from {{ ref('fct_journeys') }}
where is_runaway
