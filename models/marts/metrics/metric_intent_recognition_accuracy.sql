with attempts as (
    select *
    from {{ ref('int_intent_first_attempts') }}
)

select
    'intent_recognition_accuracy' as metric_id,
    {{ contact_dimensions('contact_id', 'predicted_on') }},
    {{ known_share('is_correct') }}
from attempts
