with contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

repeats as (
    select *
    from {{ ref('int_contacts_repeated') }}
),

interactions as (
    select
        interaction_id,
        is_linked
    from {{ ref('fct_interactions') }}
)

-- As convention has it: silence in the same channel is success, even of customers nobody knows.
select
    'first_contact_resolution' as metric_id,
    {{ contact_dimensions('contacts.contact_id', is_mature='repeats.is_window_over') }},
    interactions.is_linked as has_evidence,
    case when repeats.is_repeated_in_channel then 0e0 else 1e0 end as numerator,
    1e0 as denominator,
    1e0 as weight
from repeats
inner join contacts on repeats.contact_id = contacts.contact_id
inner join interactions on contacts.interaction_id = interactions.interaction_id
