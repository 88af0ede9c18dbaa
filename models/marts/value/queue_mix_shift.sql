with shifts as (
    {{ kitagawa(
        ref('int_queue_mix_measures'),
        period='period_starts_on',
        category='category',
        partition_columns=['comparison', 'measure'],
    ) | indent(4) }}
)

select
    comparison,
    measure,
    period_starts_on,
    period_before as period_before_starts_on,
    category,
    share,
    share_before,
    rate,
    rate_before,
    mix_effect,
    within_effect,
    sum(mix_effect) over measure_change as total_mix_effect,
    sum(within_effect) over measure_change as total_within_effect,
    overall_change
from shifts
window measure_change as (partition by comparison, measure, period_starts_on)
