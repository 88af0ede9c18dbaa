-- A reply of an agent without AI is another metric's; no reply at all is an opportunity missed.
with opportunities as (
    select *
    from {{ ref('int_empathy_opportunities') }}
    where
        reply_actor_type = 'bot'
        or handling_path = 'assisted'
        or (reply_actor_type is null and handling_path = 'automation')
)

select
    'empathy_alignment' as metric_id,
    {{ contact_dimensions('turn_id', metric_date='turn_on') }},
    reply_actor_type is null or is_empathy_met is not null as has_evidence,
    case when is_empathy_met then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    case
        when reply_actor_type is null then 1e0
        else coalesce(evidence_weight, 0e0)
    end as weight
from opportunities
