with interactions as (
    select
        *,
        exclusion_reason = 'unengaged' as is_unengaged
    from {{ ref('fct_interactions') }}
    where not is_test
)

-- Where the customer says nothing there is no intent, and so no risk and no complexity either.
select
    'unengaged_rate' as metric_id,
    interaction_id as unit_id,
    customer_id,
    interaction_started_on as metric_date,
    true as is_mature,
    'none' as intent_id,
    channel,
    customer_segment,
    case when is_human_involved then 'human_only' else 'automation' end as handling_path,
    'unknown' as risk_tier,
    'unknown' as complexity,
    'none' as release_id,
    true as has_evidence,
    case when is_unengaged then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    1e0 as weight
from interactions
