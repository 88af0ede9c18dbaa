{% set quantile_metrics = metrics_of_kind('quantile') -%}
-- Of a quantile it is that of the share of units at or below the median, which decides its
-- variance.
with customers as (
    {%- for metric_id in var('cx_metrics') %}
    {%- set metric = ref('metric_' ~ metric_id) %}
    {%- if metric_id in quantile_metrics %}
    {%- set x %}case
            when numerator <= (select median(numerator) from {{ metric }} where is_mature and weight > 0)
                then 1.0
            else 0.0
        end{% endset %}
    {%- set d = '1.0' %}
    {%- else %}
    {%- set x = 'weight * numerator' %}
    {%- set d = 'weight * denominator' %}
    {%- endif %}
    select
        metric_id,
        customer_id,
        count(*) as units,
        cast(sum({{ x }}) as double) as x,
        cast(sum({{ d }}) as double) as d,
        cast(sum({{ x }} * {{ x }}) as double) as x2,
        cast(sum({{ d }} * {{ d }}) as double) as d2,
        cast(sum({{ x }} * {{ d }}) as double) as xd
    from {{ metric }}
    where is_mature and weight > 0
    group by metric_id, customer_id
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

effects as (
    {{ design_effects('customers') }}
)

select
    glossary.metric_id,
    cast(coalesce(effects.n, 0) as bigint) as n,
    cast(coalesce(effects.clusters, 0) as bigint) as customers,
    coalesce(effects.design_effect, 1e0) as design_effect
from {{ ref('metric_glossary') }} as glossary
left join effects on glossary.metric_id = effects.metric_id
