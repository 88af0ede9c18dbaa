{% set sums = ['n', 'num', 'den', 'num2', 'den2', 'numden'] -%}
with slices as (
    select *
    from {{ ref('int_drift_slices_weekly') }}
    where release_id <> '*'
),

baselines as (
    select *
    from {{ ref('int_performance_baselines') }}
),

-- Each metric is judged up to its own latest week that is over and mature.
metrics as (
    select
        glossary.metric_id,
        coalesce(
            periods.latest_week_starts_on, {{ week_of('clock.data_clock_at') }} - 7
        ) as latest_week_starts_on
    from {{ ref('metric_glossary') }} as glossary
    cross join {{ ref('int_data_clock') }} as clock
    left join {{ ref('metric_periods') }} as periods
        on glossary.metric_id = periods.metric_id and periods.period = 'last_4_weeks'
    where glossary.metric_id in (
        {%- for metric_id in var('cx_drift_metrics') %}
        '{{ metric_id }}'{{ "," if not loop.last }}
        {%- endfor %}
    )
),

-- The weeks that a baseline judges: from its end until the metric's next one starts. Each looks
-- back over its window, but never into the baseline.
weeks as (
    select
        baselines.metric_id,
        baselines.baseline_starts_on,
        baselines.baseline_ends_on,
        slices.week_starts_on,
        greatest(
            baselines.baseline_ends_on + 1,
            slices.week_starts_on - {{ 7 * (var('cx_drift_window_weeks') - 1) }}
        ) as window_starts_on
    from slices
    inner join metrics on slices.metric_id = metrics.metric_id
    inner join baselines
        on
            slices.metric_id = baselines.metric_id
            and slices.slice_dimension = baselines.slice_dimension
            and slices.week_starts_on > baselines.baseline_ends_on
            and slices.week_starts_on < baselines.next_baseline_starts_on
    where
        slices.slice_dimension = 'overall'
        and slices.week_starts_on <= metrics.latest_week_starts_on
),

-- A slice is judged in each week in which it has units.
current_windows as (
    select
        weeks.metric_id,
        weeks.baseline_starts_on,
        weeks.week_starts_on,
        slices.slice_dimension,
        slices.slice_value,
        case slices.slice_dimension
            when 'release_id' then '*'
            when 'release_id / intent_id' then '* / ' || slices.intent_id
            else slices.slice_value
        end as baseline_slice_value,
        {%- for name in sums %}
        sum(slices.{{ name }}) as current_{{ name }},
        {%- endfor %}
        sum(slices.risk_weight) / sum(slices.n) as risk_weight
    from weeks
    inner join slices
        on
            weeks.metric_id = slices.metric_id
            and slices.week_starts_on between weeks.window_starts_on and weeks.week_starts_on
    group by
        weeks.metric_id,
        weeks.baseline_starts_on,
        weeks.week_starts_on,
        slices.slice_dimension,
        slices.slice_value,
        case slices.slice_dimension
            when 'release_id' then '*'
            when 'release_id / intent_id' then '* / ' || slices.intent_id
            else slices.slice_value
        end
    having max(slices.week_starts_on) = weeks.week_starts_on
),

-- Pairs of dimensions are judged where the baseline is large enough; the rest would be empty rows.
compared as (
    select
        current_windows.metric_id,
        current_windows.slice_dimension,
        current_windows.slice_value,
        current_windows.week_starts_on,
        weeks.baseline_starts_on,
        weeks.baseline_ends_on,
        weeks.window_starts_on,
        current_windows.risk_weight,
        {%- for name in sums %}
        baselines.{{ name }} as baseline_{{ name }},
        current_windows.current_{{ name }},
        {%- endfor %}
        baselines.baseline_weeks,
        baselines.dispersion,
        baselines.dispersion_df
    from current_windows
    inner join weeks
        on
            current_windows.metric_id = weeks.metric_id
            and current_windows.week_starts_on = weeks.week_starts_on
    left join baselines
        on
            current_windows.metric_id = baselines.metric_id
            and current_windows.baseline_starts_on = baselines.baseline_starts_on
            and current_windows.slice_dimension = baselines.slice_dimension
            and current_windows.baseline_slice_value = baselines.slice_value
    where
        current_windows.slice_dimension not like '%/%'
        or baselines.n >= {{ var('cx_min_n') }}
)

-- A metric without a week to judge still has its row: silence about it would read as health.
select *
from compared
union all
select
    metrics.metric_id,
    'overall' as slice_dimension,
    'all' as slice_value,
    metrics.latest_week_starts_on as week_starts_on,
    baselines.baseline_starts_on,
    baselines.baseline_ends_on,
    cast(null as date) as window_starts_on,
    cast(null as double) as risk_weight,
    {%- for name in sums %}
    baselines.{{ name }} as baseline_{{ name }},
    cast(null as double) as current_{{ name }},
    {%- endfor %}
    baselines.baseline_weeks,
    baselines.dispersion,
    baselines.dispersion_df
from metrics
left join baselines
    on
        metrics.metric_id = baselines.metric_id
        and baselines.slice_dimension = 'overall'
        and metrics.latest_week_starts_on >= baselines.baseline_starts_on
        and metrics.latest_week_starts_on < baselines.next_baseline_starts_on
left join compared
    on
        metrics.metric_id = compared.metric_id
        and compared.slice_dimension = 'overall'
        and metrics.latest_week_starts_on = compared.week_starts_on
where compared.metric_id is null
