with handoffs as (
    select *
    from {{ ref('int_handoffs_judged') }}
    where is_connected
)

select
    'handoff_context_passed' as metric_id,
    {{ contact_dimensions('handoff_id', 'requested_on') }},
    {{ known_share('is_context_passed') }}
from handoffs
