with requests as (
    select
        handoffs.*,
        not is_human_given as is_not_given
    from {{ ref('int_handoffs_judged') }} as handoffs
    where is_requested_by_customer
)

select
    'human_requested_not_given' as metric_id,
    {{ contact_dimensions('handoff_id', 'requested_on') }},
    {{ known_share('is_not_given') }}
from requests
