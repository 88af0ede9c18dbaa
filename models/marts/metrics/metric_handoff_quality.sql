with handoffs as (
    select
        handoffs.*,
        is_connected
        and is_context_passed
        and is_intent_kept
        and is_without_repeat
        and is_without_second_transfer
        and is_wait_within_target as is_good
    from {{ ref('int_handoffs_judged') }} as handoffs
)

select
    'handoff_quality' as metric_id,
    {{ contact_dimensions('handoff_id', 'requested_on') }},
    {{ known_share('is_good') }}
from handoffs
