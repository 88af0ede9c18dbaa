with turns as (
    select
        int_bot_turns_timed.*,
        latency_ms is not null and target_ms is not null and is_complete is not null
            as has_evidence
    from {{ ref('int_bot_turns_timed') }} as int_bot_turns_timed
)

select
    'bot_sla_adherence' as metric_id,
    {{ contact_dimensions('turn_id', metric_date='turn_on') }},
    has_evidence,
    case when latency_ms <= target_ms and is_complete then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    case when has_evidence then 1e0 else 0e0 end as weight
from turns
