with journeys as (
    select
        *,
        cast({{ seconds_between('started_at', 'ended_at') }} / 86400 as double) as duration_days
    from {{ ref('fct_journeys') }}
)

-- A single thread cannot be cut, and lasts too long all the same.
select
    journey_id,
    customer_id,
    source_system,
    intent_family,
    channel,
    started_at,
    ended_at,
    duration_days,
    is_runaway,
    contacts,
    turns,
    outcome
from journeys
where is_runaway or duration_days > {{ var('cx_journey_max_days') }}
