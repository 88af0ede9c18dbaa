with offers as (
    select
        offers.*,
        is_accepted
        and is_completed_there
        and is_without_recontact
        and is_effort_at_most_median as is_deflected_to_value,
        is_accepted
        and is_completed_there
        and is_without_recontact
        and is_effort_at_most_highest_median as is_perhaps_deflected_to_value
    from {{ ref('int_shift_offers_judged') }} as offers
)

select
    'deflection_to_value' as metric_id,
    {{ contact_dimensions('offer_id', 'presented_on', 'is_mature') }},
    is_deflected_to_value is not null
    and (not is_accepted or evidence_grade <> 'silence') as has_evidence,
    case when is_deflected_to_value then 1.0 else 0.0 end as numerator,
    1.0 as denominator,
    case when is_deflected_to_value is null then 0.0 else 1.0 end as weight,
    case
        when is_deflected_to_value and not is_effort_at_most_lowest_median then 1.0 else 0.0
    end as numerator_down,
    case
        when not is_deflected_to_value and is_perhaps_deflected_to_value then 1.0 else 0.0
    end as numerator_up
from offers
