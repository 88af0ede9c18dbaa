-- Bins add up: by day first, so that few rows are dated and sorted. A number stands for metric and
-- slice meanwhile, because sorting by it costs less than by names.
with bins as (
    select *
    from {{ ref('metric_daily_bins') }}
    where is_mature
),

named as (
    {%- for dimension in ['overall'] + metric_dimension_names() %}
    select
        metric_id,
        metric_date,
        '{{ dimension }}' as slice_dimension,
        {{ "'all'" if dimension == 'overall' else dimension }} as slice_value,
        bin,
        cast(sum(observed_n) as bigint) as observed_n,
        cast(sum(censored_n) as bigint) as censored_n
    from bins
    group by metric_id, metric_date, bin{{ "" if dimension == 'overall' else ", " ~ dimension }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

keys as (
    select
        metric_id,
        slice_dimension,
        slice_value,
        row_number() over (order by metric_id, slice_dimension, slice_value) as slice_key
    from named
    group by metric_id, slice_dimension, slice_value
),

slices as (
    select
        keys.slice_key,
        named.metric_date,
        named.bin,
        named.observed_n,
        named.censored_n
    from named
    inner join keys
        on
            named.metric_id = keys.metric_id
            and named.slice_dimension = keys.slice_dimension
            and named.slice_value = keys.slice_value
),

dated as (
    {{- slices_by_period('slices') }}
),

described as (
    select
        keys.slice_key,
        glossary.quantile,
        design_effects.design_effect
    from keys
    inner join {{ ref('metric_glossary') }} as glossary
        on keys.metric_id = glossary.metric_id
    inner join {{ ref('metric_design_effects') }} as design_effects
        on keys.metric_id = design_effects.metric_id
),

binned as (
    select
        dated.*,
        described.quantile,
        described.design_effect
    from dated
    inner join described on dated.slice_key = described.slice_key
),

estimated as (
    {{ kaplan_meier_quantiles(
        'binned',
        ['slice_key', 'period', 'period_starts_on', 'quantile', 'design_effect'],
        {'value': 'quantile', 'median': '0.5', 'p90': '0.9'},
        design_effect='design_effect',
    ) }}
)

select
    keys.metric_id,
    estimated.period,
    estimated.period_starts_on,
    keys.slice_dimension,
    keys.slice_value,
    estimated.quantile,
    cast(estimated.n as bigint) as n,
    cast(estimated.observed_n as bigint) as observed_n,
    cast(estimated.censored_n as bigint) as censored_n,
    estimated.value,
    estimated.value_lower as lower_95,
    estimated.value_upper as upper_95,
    estimated.median,
    estimated.median_lower,
    estimated.median_upper,
    estimated.p90,
    estimated.p90_lower,
    estimated.p90_upper
from estimated
inner join keys on estimated.slice_key = keys.slice_key
