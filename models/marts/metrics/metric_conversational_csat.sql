with contacts as (
    select *
    from {{ ref('fct_satisfaction') }}
)

-- The answers of some stand for all through the pseudo-outcome; without predictions there is none.
select
    'conversational_csat' as metric_id,
    {{ contact_dimensions('contacts.interaction_id', is_mature='is_mature') }},
    contacts.pseudo_outcome is not null as has_evidence,
    coalesce(contacts.pseudo_outcome, 0e0) as numerator,
    1e0 as denominator,
    case when contacts.pseudo_outcome is null then 0e0 else 1e0 end as weight
from contacts
