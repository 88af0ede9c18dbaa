-- The three shares of the queue mix add up to one, day by day and intent by intent.
with shares as (
    select
        metric_date,
        is_mature,
        intent_id,
        sum(num) as num,
        sum(case when metric_id = 'queue_mix_automated_share' then den else 0 end) as den
    from {{ ref('metric_daily') }}
    where metric_id like 'queue_mix_%_share'
    group by metric_date, is_mature, intent_id
)

select *
from shares
where abs(num - den) > 1e-9
