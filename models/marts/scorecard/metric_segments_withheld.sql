with slices as (
    select *
    from {{ ref('metric_slices') }}
    where slice_dimension = 'customer_segment'
),

dated as (
    {{- slices_by_period('slices') }}
),

cells as (
    select
        metric_id,
        period,
        period_starts_on,
        slice_value,
        cast(sum(case when is_mature then n else 0 end) as bigint) as n
    from dated
    group by metric_id, period, period_starts_on, slice_value
),

withheld as (
    {{ withheld_segments('cells', var('cx_min_n')) | indent(4) }}
)

select
    metric_id,
    period,
    period_starts_on,
    slice_value,
    n,
    case when n < {{ var('cx_min_n') }} then 'small' else 'complementary' end as withheld_as
from withheld
where is_withheld
