with conversations as (
    select
        *,
        coalesce(ended_at, started_at) as known_at
    from {{ ref('base_tau2__conversations') }}
    where is_passed
),

events as (
    select
        *,
        'task_confirmed' as event_type
    from conversations
    union all
    -- where a human is what the task wants, reward says that the transfer was made, not that the
    -- customer was helped: only a pass without a transfer confirms a resolution there
    select
        *,
        'resolution_confirmed' as event_type
    from conversations
    where expects_transfer and not is_transferred
)

select
    'tau2' as source_system,
    interaction_id || '/' || event_type as source_event_id,
    ingested_at,
    cast(null as string) as cast_errors,
    'tau2_simulated_customer' as id_type,
    interaction_id as id_value,
    event_type,
    known_at as occurred_at,
    cast(null as double) as amount_usd,
    intent_id,
    cast(null as string) as reverses_event_id
from events
