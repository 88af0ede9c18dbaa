with suggestions as (
    select *
    from {{ ref('int_suggestions_displayed') }}
)

-- A suggestion without a recorded action was not shown to be used, and stays in the denominator.
select
    'guidance_acceptance' as metric_id,
    {{ contact_dimensions('suggestion_id', 'displayed_on') }},
    action is not null as has_evidence,
    case when is_used then 1.0 else 0.0 end as numerator,
    1.0 as denominator,
    1.0 as weight
from suggestions
