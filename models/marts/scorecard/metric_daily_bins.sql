{% set dimensions = metric_dimension_names() | join(',\n    ') -%}
-- depends_on: {{ ref('metric_glossary') }}
{% for metric_id in var('cx_metrics') %}
-- depends_on: {{ ref('metric_' ~ metric_id) }}
{%- endfor %}
{% for metric_id in metrics_of_kind('quantile') %}
select
    metric_id,
    metric_date,
    is_mature,
    {{ dimensions }},
    {{ log_bin('numerator') | trim }} as bin,
    cast(count_if(has_evidence) as bigint) as observed_n,
    cast(count_if(not has_evidence) as bigint) as censored_n
from {{ ref('metric_' ~ metric_id) }}
where weight > 0
group by
    metric_id,
    metric_date,
    is_mature,
    {{ dimensions }},
    {{ log_bin('numerator') | trim }}
{% if not loop.last %}union all{% endif %}
{%- else %}
select
    cast(null as string) as metric_id,
    cast(null as date) as metric_date,
    cast(null as boolean) as is_mature,
    {%- for dimension in metric_dimension_names() %}
    cast(null as string) as {{ dimension }},
    {%- endfor %}
    cast(null as int) as bin,
    cast(null as bigint) as observed_n,
    cast(null as bigint) as censored_n
where 1 = 0
{%- endfor %}
