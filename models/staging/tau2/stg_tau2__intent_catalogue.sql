with intents as (
    select distinct
        intent_id,
        domain,
        is_automatable,
        expects_transfer,
        is_information_only,
        is_rated
    from {{ ref('base_tau2__conversations') }}
)

select
    'tau2' as source_system,
    intent_id as source_event_id,
    cast(null as timestamp) as ingested_at,
    cast(null as string) as cast_errors,
    intent_id,
    domain as intent_family,
    is_automatable,
    case when is_information_only then 'low' else 'medium' end as risk_tier,
    case
        when is_information_only then 'simple'
        when expects_transfer then 'complex'
        else 'moderate'
    end as complexity,
    cast('{{ var("cx_earliest_event_date") }}' as timestamp) as valid_from,
    cast(null as timestamp) as valid_to,
    cast(0 as double) as journey_window_days,
    case
        when not is_rated then null
        when expects_transfer then 'resolution_confirmed'
        else 'task_confirmed'
    end as confirming_event_type,
    cast(0 as double) as confirmation_deadline_hours,
    cast(null as double) as value_usd,
    cast(null as double) as automation_feasibility,
    'tau2-bench' as owner
from intents
