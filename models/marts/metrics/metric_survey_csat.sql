with contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
    where is_first_in_interaction
),

surveys as (
    select *
    from {{ ref('int_csat_surveys_rescaled') }}
)

-- The customers who say nothing are the units without evidence: the mean is that of the others.
select
    'survey_csat' as metric_id,
    {{ contact_dimensions('contacts.interaction_id', handling_path='interaction_handling_path') }},
    surveys.satisfaction is not null as has_evidence,
    coalesce(surveys.satisfaction, 0e0) as numerator,
    1e0 as denominator,
    case when surveys.satisfaction is null then 0e0 else 1e0 end as weight
from contacts
left join surveys on contacts.interaction_id = surveys.interaction_id
