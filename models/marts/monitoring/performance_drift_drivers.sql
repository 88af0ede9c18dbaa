{% set keys = ['metric_id', 'slice_dimension', 'slice_value', 'week_starts_on'] -%}
with comparisons as (
    select *
    from {{ ref('performance_drift') }}
    where slice_dimension in ('overall', 'release_id') and effect is not null
),

cells as (
    select *
    from {{ ref('int_drift_slices_weekly') }}
    where slice_dimension in ('intent_id', 'release_id / intent_id')
),

-- 0 is the baseline, 1 the window; a release's baseline is that of all releases, *.
sides as (
    select
        {%- for key in keys %}
        comparisons.{{ key }},
        {%- endfor %}
        case when cells.week_starts_on <= comparisons.baseline_ends_on then 0 else 1 end as side,
        cells.intent_id,
        cells.num,
        cells.den
    from comparisons
    inner join cells
        on
            comparisons.metric_id = cells.metric_id
            and (
                (
                    cells.week_starts_on
                    between comparisons.baseline_starts_on and comparisons.baseline_ends_on
                    and cells.release_id
                    = case when comparisons.slice_dimension = 'overall' then 'all' else '*' end
                )
                or (
                    cells.week_starts_on
                    between comparisons.window_starts_on and comparisons.week_starts_on
                    and cells.release_id = comparisons.slice_value
                )
            )
),

split as (
    {{ kitagawa(
        'sides', period='side', category='intent_id', partition_columns=keys
    ) | indent(4) }}
),

-- Being a larger share helps or harms by how the intent compares with the whole: the parts of a
-- mix effect are taken from the mean, and add up to the same.
centred as (
    select
        {%- for key in keys %}
        split.{{ key }},
        {%- endfor %}
        split.intent_id,
        split.share,
        split.share_before,
        split.rate,
        split.rate_before,
        split.mix_effect
        - (split.share - split.share_before)
        * (comparisons.value + comparisons.baseline_value) / 2 as mix_effect,
        split.within_effect,
        split.overall_change,
        comparisons.is_signal
    from split
    inner join comparisons
        on
            {%- for key in keys %}
            {{ "and " if not loop.first }}split.{{ key }} = comparisons.{{ key }}
            {%- endfor %}
)

select
    {{ keys | join(',\n    ') }},
    intent_id,
    share,
    share_before as baseline_share,
    rate as value,
    rate_before as baseline_value,
    mix_effect,
    within_effect,
    sum(mix_effect) over comparison as total_mix_effect,
    sum(within_effect) over comparison as total_within_effect,
    overall_change,
    (mix_effect + within_effect) / nullif(overall_change, 0) as share_of_change,
    row_number() over (
        comparison
        order by sign(overall_change) * (mix_effect + within_effect) desc, intent_id asc
    ) as driver_rank,
    is_signal
from centred
window comparison as (partition by {{ keys | join(', ') }})
