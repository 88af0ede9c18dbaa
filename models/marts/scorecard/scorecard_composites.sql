with parts as (
    select *
    from {{ ref('scorecard_composite_parts') }}
),

ratings as (
    select *
    from {{ ref('scorecard') }}
    where slice_dimension = 'overall'
),

members as (
    select
        composite_type,
        composite,
        period,
        metric_id,
        sum(contribution) as contribution
    from parts
    group by composite_type, composite, period, metric_id
)

select
    members.composite_type,
    members.composite,
    members.period,
    sum(members.contribution) as value,
    count(*) as metrics,
    count(members.contribution) as metrics_counted,
    {%- for rating in ['green', 'amber', 'red', 'grey'] %}
    cast(count_if(ratings.rating = '{{ rating }}') as bigint)
        as {{ rating }}_metrics{{ "," if not loop.last }}
    {%- endfor %}
from members
inner join ratings on members.metric_id = ratings.metric_id and members.period = ratings.period
group by members.composite_type, members.composite, members.period
