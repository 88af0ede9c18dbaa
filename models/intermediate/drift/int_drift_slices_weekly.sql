-- Mature units only; the sums add up to any window of weeks.
{% set sums = ['n', 'num', 'den', 'num2', 'den2', 'numden'] -%}
{% set dimensions = ['intent_id', 'channel', 'customer_segment', 'release_id'] -%}
with weekly as (
    select
        metric_id,
        {{ week_of('metric_date') }} as week_starts_on,
        {{ dimensions | join(',\n        ') }},
        {%- for name in sums %}
        cast(sum({{ name }}) as double) as {{ name }},
        {%- endfor %}
        sum(n * {{ risk_weight() }}) as risk_weight
    from {{ ref('metric_daily') }}
    where
        is_mature
        and n > 0
        and metric_id in (
            {%- for metric_id in var('cx_drift_metrics') %}
            '{{ metric_id }}'{{ "," if not loop.last }}
            {%- endfor %}
        )
    group by metric_id, {{ week_of('metric_date') }}, {{ dimensions | join(', ') }}
)

-- A release is compared with all that any bot did in the baseline, the release *.
{% for dimension, columns in drift_slices().items() %}
{%- set releases = [none, '*'] if 'release_id' in columns else [none] %}
{%- set last_dimension = loop.last %}
{%- for release in releases %}
select
    metric_id,
    week_starts_on,
    '{{ dimension }}' as slice_dimension,
    {%- set parts = [] %}
    {%- for column in columns %}
    {%- do parts.append("'*'" if column == 'release_id' and release else column) %}
    {%- endfor %}
    {{ parts | join(" || ' / ' || ") if parts else "'all'" }} as slice_value,
    {%- for column in ['release_id', 'intent_id'] %}
    {{ "'*'" if column == 'release_id' and column in columns and release
        else column if column in columns else "'all'" }} as {{ column }},
    {%- endfor %}
    {%- for name in sums %}
    sum({{ name }}) as {{ name }},
    {%- endfor %}
    sum(risk_weight) as risk_weight
from weekly
{%- if 'release_id' in columns %}
where release_id <> 'none'
{%- endif %}
group by
    metric_id,
    week_starts_on
    {%- for column in columns if not (column == 'release_id' and release) %},
    {{ column }}
    {%- endfor %}
{% if not (last_dimension and loop.last) %}union all{% endif %}
{%- endfor %}
{%- endfor %}
