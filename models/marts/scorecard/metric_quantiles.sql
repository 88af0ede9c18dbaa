with bins as (
    select *
    from {{ ref('metric_daily_bins') }}
    where is_mature
),

slices as (
    {%- for dimension in ['overall'] + metric_dimension_names() %}
    select
        metric_id,
        metric_date,
        '{{ dimension }}' as slice_dimension,
        {{ "'all'" if dimension == 'overall' else dimension }} as slice_value,
        bin,
        observed_n,
        censored_n
    from bins
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

dated as (
    {{- slices_by_period('slices') }}
),

described as (
    select
        dated.*,
        glossary.quantile,
        design_effects.design_effect
    from dated
    inner join {{ ref('metric_glossary') }} as glossary
        on dated.metric_id = glossary.metric_id
    inner join {{ ref('metric_design_effects') }} as design_effects
        on dated.metric_id = design_effects.metric_id
),

estimated as (
    {{ kaplan_meier_quantiles(
        'described',
        estimate_key() + ['quantile', 'design_effect'],
        {'value': 'quantile', 'median': '0.5', 'p90': '0.9'},
        design_effect='design_effect',
    ) }}
)

select
    {{ estimate_key() | join(',\n    ') }},
    quantile,
    cast(n as bigint) as n,
    cast(observed_n as bigint) as observed_n,
    cast(censored_n as bigint) as censored_n,
    value,
    value_lower as lower_95,
    value_upper as upper_95,
    median,
    median_lower,
    median_upper,
    p90,
    p90_lower,
    p90_upper
from estimated
