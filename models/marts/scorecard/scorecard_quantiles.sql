with bins as (
    select *
    from {{ ref('metric_daily_bins') }}
    where is_mature
),

periods as (
    select *
    from {{ ref('metric_periods') }}
),

masks as (
    {{- scorecard_masks() }}
),

-- Once by period and dimensions; only these few rows are multiplied by the masks.
summed as (
    select
        bins.metric_id,
        periods.period,
        bins.intent_id,
        bins.channel,
        bins.customer_segment,
        bins.bin,
        cast(sum(bins.observed_n) as bigint) as observed_n,
        cast(sum(bins.censored_n) as bigint) as censored_n
    from bins
    inner join periods
        on
            bins.metric_id = periods.metric_id
            and bins.metric_date between periods.period_starts_on and periods.period_ends_on
    group by
        bins.metric_id,
        periods.period,
        bins.intent_id,
        bins.channel,
        bins.customer_segment,
        bins.bin
),

masked as (
    select
        summed.metric_id,
        summed.period,
        {{- masked_dimensions() }},
        glossary.quantile,
        design_effects.design_effect,
        summed.bin,
        summed.observed_n,
        summed.censored_n
    from summed
    inner join {{ ref('metric_glossary') }} as glossary
        on summed.metric_id = glossary.metric_id
    inner join {{ ref('metric_design_effects') }} as design_effects
        on summed.metric_id = design_effects.metric_id
    cross join masks
),

estimated as (
    {{ kaplan_meier_quantiles(
        'masked',
        scorecard_key() + ['quantile', 'design_effect'],
        {'value': 'quantile'},
        design_effect='design_effect',
    ) }}
)

select
    {{ scorecard_key() | join(',\n    ') }},
    value,
    value_lower as lower_95,
    value_upper as upper_95
from estimated
