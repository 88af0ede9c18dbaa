with turns as (
    select *
    from {{ ref('int_bot_turns_timed') }}
    where latency_ms is not null
)

select
    'bot_latency_p95' as metric_id,
    {{ contact_dimensions('turn_id', metric_date='turn_on') }},
    true as has_evidence,
    latency_ms as numerator,
    1e0 as denominator,
    1e0 as weight
from turns
