with charts as (
    select
        charts.*,
        dense_rank() over (
            partition by charts.metric_id
            order by charts.week_starts_on desc
        ) as weeks_back
    from {{ ref('metric_process_charts') }} as charts
)

select
    metric_id,
    slice_dimension,
    slice_value,
    week_starts_on,
    value,
    lower_95,
    upper_95,
    n,
    centre,
    lower_limit,
    upper_limit,
    target,
    special_cause,
    variation_signal,
    ewma_signal,
    is_trial,
    rebased_on,
    release_ids
from charts
where weeks_back <= 26
