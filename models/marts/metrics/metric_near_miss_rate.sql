with turns as (
    select *
    from {{ ref('int_turns_safety_checked') }}
)

select
    'near_miss_rate' as metric_id,
    {{ contact_dimensions('turn_id', metric_date='turn_on') }},
    is_checked as has_evidence,
    1000e0 * near_misses as numerator,
    1e0 as denominator,
    check_weight as weight
from turns
