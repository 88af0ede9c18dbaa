select
    'tau2' as source_system,
    interaction_id || '/customer' as source_event_id,
    ingested_at,
    cast(null as string) as cast_errors,
    interaction_id,
    'tau2_simulated_customer' as id_type,
    interaction_id as id_value
from {{ ref('base_tau2__conversations') }}
