-- Strata weighed by answers give the survey's own mean back, and both shares add up to one.
with totals as (
    select
        sum(share_of_offered) as share_of_offered,
        sum(share_of_answered) as share_of_answered,
        sum(share_of_answered * coalesce(mean_csat, 0)) as mean_csat,
        max(survey_mean_csat) as survey_mean_csat
    from {{ ref('csat_by_response_propensity') }}
)

select *
from totals
where
    abs(share_of_offered - 1) > 1e-9
    or abs(share_of_answered - 1) > 1e-9
    or abs(mean_csat - survey_mean_csat) > 1e-9
