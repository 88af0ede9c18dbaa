{% set guardrails = var('cx_guardrail_metrics') | length -%}
with days as (
    select *
    from {{ ref('int_release_days') }}
),

-- What varies between weeks anyway cannot be told from a release that everybody got at once: there
-- the variance is multiplied by the over-dispersion of the metric's process chart.
spreads as (
    select
        metric_id,
        max_by(sigma_z, week_starts_on) as sigma_z
    from {{ ref('metric_process_charts') }}
    where slice_dimension = 'overall' and chart_type <> 'individual' and sigma_z is not null
    group by metric_id
),

described as (
    select
        days.*,
        glossary.owner,
        glossary.non_inferiority_margin as margin,
        glossary.direction_of_good,
        days.n >= glossary.min_n and days.control_n >= glossary.min_n as is_large_enough,
        {{ comparison_variance('days', 'glossary.kind') }} as variance,
        {{ comparison_variance('days', 'glossary.kind', prefix='control_') }} as control_variance,
        effects.design_effect
        * case
            when days.is_concurrent then 1e0
            else greatest(1e0, coalesce(power(spreads.sigma_z, 2), 1e0))
        end as inflation,
        case when glossary.direction_of_good = 'down' then -1e0 else 1e0 end as orientation,
        -- Twice the harmonic mean of the sides: information grows with it, also where one side is
        -- small or finished.
        4e0 * days.n * days.control_n / nullif(days.n + days.control_n, 0) as sequential_n,
        days.num / nullif(days.den, 0) as value,
        days.control_num / nullif(days.control_den, 0) as control_value
    from days
    inner join {{ ref('metric_glossary') }} as glossary on days.metric_id = glossary.metric_id
    inner join {{ ref('metric_design_effects') }} as effects on days.metric_id = effects.metric_id
    left join spreads on days.metric_id = spreads.metric_id
),

compared as (
    select
        described.*,
        value - control_value as effect,
        case
            when is_large_enough
                then sqrt((variance + control_variance) * inflation)
        end as standard_error
    from described
),

-- Beside the interval to show, the limits that decide. A metric fails with an error that all
-- guardrails of the release share; to keep a release all of them have to pass.
limited as (
    select
        compared.*,
        {{ sequential_half_width('standard_error', 'sequential_n', var('cx_sequential_units')) }}
            as half_width,
        orientation * effect
        - {{ sequential_half_width_one_sided(
            'standard_error', 'sequential_n', var('cx_sequential_units')
        ) }} as worst_case_of_day,
        orientation * effect
        + {{ sequential_half_width_one_sided(
            'standard_error', 'sequential_n', var('cx_sequential_units'),
            alpha='(0.05e0 / ' ~ guardrails ~ ')'
        ) }} as best_case_of_day
    from compared
),

-- Confidence sequences hold at all looks together, so a limit once reached stays reached.
judged as (
    select
        limited.*,
        max(worst_case_of_day) over looks as worst_case,
        min(best_case_of_day) over looks as best_case
    from limited
    window looks as (
        partition by release_id, metric_id order by observed_on
        rows between unbounded preceding and current row
    )
)

select
    release_id,
    metric_id,
    observed_on,
    control_release_id,
    case when is_concurrent then 'concurrent' else 'before_after' end as comparison,
    cast(n as bigint) as n,
    cast(control_n as bigint) as control_n,
    value,
    control_value,
    effect,
    standard_error,
    effect - half_width as lower_95,
    effect + half_width as upper_95,
    worst_case,
    best_case,
    margin,
    {{ non_inferiority_verdict('worst_case', 'best_case', 'margin') }} as verdict,
    coalesce(orientation * effect + half_width < 0, false) as is_harm_shown,
    observed_on = max(observed_on) over (partition by release_id, metric_id) as is_latest,
    direction_of_good,
    owner
from judged
