{% set dimensions = metric_dimension_names() | join(',\n    ') %}
{%- for metric_id in var('cx_metrics') %}
select
    metric_id,
    metric_date,
    is_mature,
    {{ dimensions }},
    count(*) as eligible_n,
    cast(count_if(has_evidence) as bigint) as evidenced_n,
    cast(count_if(weight > 0) as bigint) as n,
    cast(sum(weight) as double) as w,
    cast(sum(weight * weight) as double) as w2,
    cast(sum(weight * numerator) as double) as num,
    cast(sum(weight * denominator) as double) as den,
    cast(sum(weight * numerator * weight * numerator) as double) as num2,
    cast(sum(weight * denominator * weight * denominator) as double) as den2,
    cast(sum(weight * numerator * weight * denominator) as double) as numden,
    {%- if has_estimated_baseline(metric_id) %}
    cast(sum(weight * numerator_down) as double) as num_down,
    cast(sum(weight * numerator_up) as double) as num_up
    {%- else %}
    0e0 as num_down,
    0e0 as num_up
    {%- endif %}
from {{ ref('metric_' ~ metric_id) }}
group by
    metric_id,
    metric_date,
    is_mature,
    {{ dimensions }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
