with handoffs as (
    select *
    from {{ ref('int_handoffs_judged') }}
)

select
    'handoff_connected' as metric_id,
    {{ contact_dimensions('handoff_id', 'requested_on') }},
    {{ known_share('is_connected') }}
from handoffs
