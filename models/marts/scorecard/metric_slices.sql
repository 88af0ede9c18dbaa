{% set counts = ['eligible_n', 'evidenced_n', 'n'] %}
{% set sums = [
    'w', 'w2', 'num', 'den', 'num2', 'den2', 'numden', 'num_down', 'num_up'
] %}
with daily as (
    select *
    from {{ ref('metric_daily') }}
)

{% for dimension in ['overall'] + metric_dimension_names() %}
select
    metric_id,
    metric_date,
    is_mature,
    '{{ dimension }}' as slice_dimension,
    {{ "'all'" if dimension == 'overall' else dimension }} as slice_value,
    {%- for column in counts %}
    cast(sum({{ column }}) as bigint) as {{ column }},
    {%- endfor %}
    {%- for column in sums %}
    cast(sum({{ column }}) as double) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from daily
group by
    metric_id,
    metric_date,
    is_mature{{ "" if dimension == 'overall' else ",\n    " ~ dimension }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
