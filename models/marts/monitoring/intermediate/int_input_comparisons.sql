{% set keys = ['monitor', 'slice_dimension', 'slice_value', 'week_starts_on'] -%}
{% set baseline_keys = ['monitor', 'slice_dimension', 'baseline_value'] -%}
{% set window_days = 7 * (var('cx_drift_window_weeks') - 1) -%}
with monitors as (
    {%- for name, spec in input_monitors().items() %}
    select
        '{{ name }}' as monitor,
        '{{ spec["type"] }}' as monitor_type,
        '{{ spec["unit"] }}' as unit,
        '{{ spec["input"] }}' as input_name
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

clock as (
    select {{ week_of('data_clock_at') }} as this_week_starts_on
    from {{ ref('int_data_clock') }}
),

cells as (
    select cells.*
    from {{ ref('int_input_cells_weekly') }} as cells
    inner join clock on cells.week_starts_on < clock.this_week_starts_on
),

baseline_cells as (
    select *
    from cells
    where is_baseline
),

-- A slice is judged in each week in which it has units.
judged as (
    select distinct
        monitor,
        slice_dimension,
        slice_value,
        baseline_value,
        week_starts_on,
        baseline_starts_on
    from cells
    where not is_baseline
),

-- What stands on each side of the comparison: the whole baseline, and the weeks up to this one.
sides as (
    select
        judged.monitor,
        judged.slice_dimension,
        judged.slice_value,
        judged.week_starts_on,
        baseline_cells.value,
        baseline_cells.cell,
        baseline_cells.n as reference_n,
        0 as current_n,
        0e0 as risk_weight
    from judged
    inner join baseline_cells
        on
            judged.monitor = baseline_cells.monitor
            and judged.slice_dimension = baseline_cells.slice_dimension
            and judged.baseline_value = baseline_cells.baseline_value
    union all
    select
        judged.monitor,
        judged.slice_dimension,
        judged.slice_value,
        judged.week_starts_on,
        cells.value,
        cells.cell,
        0 as reference_n,
        cells.n as current_n,
        cells.risk_weight
    from judged
    inner join cells
        on
            judged.monitor = cells.monitor
            and judged.slice_dimension = cells.slice_dimension
            and judged.slice_value = cells.slice_value
            and judged.week_starts_on >= cells.week_starts_on
            and judged.week_starts_on <= cells.week_starts_on + {{ window_days }}
    where not cells.is_baseline
),

side_cells as (
    select
        {{ keys | join(',\n        ') }},
        cell,
        sum(reference_n) as reference_n,
        sum(current_n) as current_n,
        sum(risk_weight) as risk_weight
    from sides
    group by {{ keys | join(', ') }}, cell
),

mix as (
    {{ cell_distances('side_cells', keys) | indent(4) }}
),

distributions as (
    {{ distribution_distances('sides', keys) | indent(4) }}
),

dispersions as (
    {{ mix_dispersion('baseline_cells', baseline_keys) | indent(4) }}
),

means as (
    select
        {{ keys | join(',\n        ') }},
        sum(value * current_n) / nullif(sum(current_n), 0) as value,
        sum(value * reference_n) / nullif(sum(reference_n), 0) as baseline_value
    from sides
    group by {{ keys | join(', ') }}
),

moves as (
    select
        {{ keys | join(',\n        ') }},
        sum(risk_weight) / nullif(sum(current_n), 0) as risk_weight,
        {%- for column in ['cell', 'share', 'baseline_share'] %}
        max(case when move_rank = 1 then {{ column }} end)
            as {{ 'moved_' if column == 'cell' }}{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from (
        select
            shares.*,
            -- Two that moved alike (a mix of two cells always does): the first by name.
            row_number() over (
                partition by {{ keys | join(', ') }}
                order by
                    {{ rounded('abs(coalesce(share, 0) - coalesce(baseline_share, 0))', 9) }} desc,
                    cell asc nulls last
            ) as move_rank
        from (
            select
                side_cells.*,
                current_n / cast(nullif(sum(current_n) over judgement, 0) as double) as share,
                reference_n / cast(nullif(sum(reference_n) over judgement, 0) as double)
                    as baseline_share
            from side_cells
            window judgement as (partition by {{ keys | join(', ') }})
        ) as shares
    ) as ranked
    group by {{ keys | join(', ') }}
),

-- A monitor without a week to judge still has its row: silence about it would read as health.
latest_weeks as (
    select
        monitors.monitor,
        clock.this_week_starts_on - 7 as week_starts_on,
        min(cells.baseline_starts_on) as baseline_starts_on,
        count(distinct cells.week_starts_on) as weeks
    from monitors
    cross join clock
    left join cells on monitors.monitor = cells.monitor
    group by monitors.monitor, clock.this_week_starts_on
),

spined as (
    select *
    from judged
    union all
    select
        latest_weeks.monitor,
        'overall' as slice_dimension,
        'all' as slice_value,
        'all' as baseline_value,
        latest_weeks.week_starts_on,
        latest_weeks.baseline_starts_on
    from latest_weeks
    left join judged
        on
            latest_weeks.monitor = judged.monitor
            and judged.slice_dimension = 'overall'
            and latest_weeks.week_starts_on = judged.week_starts_on
    where judged.monitor is null
)

select
    spined.monitor,
    spined.slice_dimension,
    spined.slice_value,
    spined.week_starts_on,
    spined.baseline_starts_on,
    monitors.monitor_type,
    monitors.unit,
    latest_weeks.weeks,
    monitors.input_name,
    coalesce(mix.reference_n, 0) as baseline_n,
    coalesce(mix.current_n, 0) as n,
    mix.cells,
    mix.df,
    mix.psi,
    mix.js_distance,
    distributions.ks_statistic,
    distributions.wasserstein,
    case when monitors.monitor_type = 'category' then mix.chi_square end as chi_square,
    case when monitors.monitor_type = 'category' then mix.l_infinity end as l_infinity,
    case when monitors.monitor_type = 'category' then mix.hellinger end as hellinger,
    dispersions.dispersion,
    case when monitors.monitor_type = 'category' then mix.chi_square else mix.psi_chi_square end
    / dispersions.dispersion as statistic,
    case when monitors.monitor_type = 'category' then moves.moved_cell end as moved_category,
    case when monitors.monitor_type = 'category' then moves.share else means.value end as value,
    case
        when monitors.monitor_type = 'category' then moves.baseline_share
        else means.baseline_value
    end as baseline_value,
    moves.risk_weight
from spined
inner join monitors on spined.monitor = monitors.monitor
inner join latest_weeks on spined.monitor = latest_weeks.monitor
left join dispersions
    on
        spined.monitor = dispersions.monitor
        and spined.slice_dimension = dispersions.slice_dimension
        and spined.baseline_value = dispersions.baseline_value
{%- for relation in ['mix', 'distributions', 'means', 'moves'] %}
left join {{ relation }}
    on
        {%- for key in keys %}
        {{ "and " if not loop.first }}spined.{{ key }} = {{ relation }}.{{ key }}
        {%- endfor %}
{%- endfor %}
