select
    'tau2' as source_system,
    interaction_id || '/persona' as source_event_id,
    ingested_at,
    cast(null as string) as cast_errors,
    'tau2_simulated_customer' as id_type,
    interaction_id as id_value,
    'persona' as segment_type,
    persona as segment,
    'simulated persons' as lawful_basis,
    cast('{{ var("cx_earliest_event_date") }}' as timestamp) as valid_from,
    cast(null as timestamp) as valid_to
from {{ ref('base_tau2__conversations') }}
where persona is not null
