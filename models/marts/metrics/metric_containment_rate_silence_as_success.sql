with journeys as (
    select *
    from {{ ref('fct_journeys') }}
    where is_automatable
)

select
    'containment_rate_silence_as_success' as metric_id,
    {{ journey_dimensions() }},
    evidence_grade <> 'silence' as has_evidence,
    case
        when
            handling_path = 'automation'
            and (outcome = 'resolved' or (outcome = 'ambiguous' and evidence_grade = 'silence'))
            then 1.0
        else 0.0
    end as numerator,
    1.0 as denominator,
    {{ forced_termination_weight() }} as weight
from journeys
