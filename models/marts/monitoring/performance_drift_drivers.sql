{% set keys = ['metric_id', 'slice_dimension', 'slice_value', 'week_starts_on'] -%}
with comparisons as (
    select
        drift.*,
        case when slice_dimension = 'overall' then 'all' else '*' end as baseline_release_id
    from {{ ref('performance_drift') }} as drift
    where slice_dimension in ('overall', 'release_id') and effect is not null
),

cells as (
    select *
    from {{ ref('int_drift_slices_weekly') }}
    where slice_dimension in ('intent_id', 'release_id / intent_id')
),

-- 0 is the baseline, 1 the window; a release's baseline is that of all releases, *.
sides as (
    {%- for side, first_day, last_day, release_id in [
        (0, 'baseline_starts_on', 'baseline_ends_on', 'baseline_release_id'),
        (1, 'window_starts_on', 'week_starts_on', 'slice_value'),
    ] %}
    select
        {%- for key in keys %}
        comparisons.{{ key }},
        {%- endfor %}
        {{ side }} as side,
        cells.intent_id,
        cells.num,
        cells.den
    from comparisons
    inner join cells
        on
            comparisons.metric_id = cells.metric_id
            and comparisons.{{ release_id }} = cells.release_id
            and comparisons.{{ first_day }} <= cells.week_starts_on
            and comparisons.{{ last_day }} >= cells.week_starts_on
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
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
    cast(row_number() over strongest_first as bigint) as driver_rank,
    is_signal
from centred
window
    comparison as (partition by {{ keys | join(', ') }}),
    strongest_first as (
        partition by {{ keys | join(', ') }}
        order by sign(overall_change) * (mix_effect + within_effect) desc, intent_id asc
    )
