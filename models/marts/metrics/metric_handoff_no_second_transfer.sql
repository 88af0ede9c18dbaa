with handoffs as (
    select *
    from {{ ref('int_handoffs_judged') }}
    where is_connected
)

select
    'handoff_no_second_transfer' as metric_id,
    {{ contact_dimensions('handoff_id', 'requested_on') }},
    {{ known_share('is_without_second_transfer') }}
from handoffs
