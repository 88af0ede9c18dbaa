with attempts as (
    select *
    from {{ ref('int_intent_first_attempts') }}
    where not is_fallback
)

select
    'intent_switch_rate' as metric_id,
    {{ contact_dimensions('contact_id', 'predicted_on') }},
    {{ known_share('is_switched') }}
from attempts
