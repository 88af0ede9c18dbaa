with contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
    where is_first_in_interaction
),

surveys as (
    select
        interaction_id,
        first_answered_at,
        {{ add_seconds('offered_at', var('cx_survey_answer_days') ~ ' * 86400') }} as closes_at
    from {{ ref('int_csat_surveys_rescaled') }}
    where offered_at is not null
),

clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
)

select
    'survey_response_rate' as metric_id,
    {{ contact_dimensions(
        'contacts.interaction_id',
        is_mature='clock.data_clock_at >= surveys.closes_at',
        handling_path='interaction_handling_path'
    ) }},
    true as has_evidence,
    case when surveys.first_answered_at <= surveys.closes_at then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    1e0 as weight
from surveys
inner join contacts on surveys.interaction_id = contacts.interaction_id
cross join clock
