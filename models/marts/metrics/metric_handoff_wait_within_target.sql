with handoffs as (
    select *
    from {{ ref('int_handoffs_judged') }}
    where is_connected
)

select
    'handoff_wait_within_target' as metric_id,
    {{ contact_dimensions('handoff_id', 'requested_on') }},
    {{ known_share('is_wait_within_target') }}
from handoffs
