with attempts as (
    select *
    from {{ ref('int_intent_first_attempts') }}
)

select
    'intent_no_match_rate' as metric_id,
    {{ contact_dimensions('contact_id', 'predicted_on') }},
    {{ known_share('is_no_match') }}
from attempts
