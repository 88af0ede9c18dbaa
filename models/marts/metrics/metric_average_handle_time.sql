with handled as (
    select *
    from {{ ref('int_contacts_handled') }}
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
)

select
    'average_handle_time' as metric_id,
    {{ contact_dimensions('contacts.contact_id') }},
    handled.is_timed as has_evidence,
    handled.handle_seconds as numerator,
    1e0 as denominator,
    case when handled.is_timed then 1e0 else 0e0 end as weight
from handled
inner join contacts on handled.contact_id = contacts.contact_id
