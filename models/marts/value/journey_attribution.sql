{% set methods = ['first', 'last', 'linear', 'position', 'time_decay', 'shapley'] -%}
with touches as (
    select *
    from {{ ref('int_journey_touches') }}
),

revenue as (
    select
        journey_id,
        sum(net_usd) as net_revenue_usd
    from {{ ref('int_revenue_attributed') }}
    where journey_id is not null
    group by journey_id
),

journeys as (
    select
        journeys.journey_id,
        journeys.journey_started_on,
        journeys.intent_id,
        journeys.channel,
        journeys.handling_path,
        journeys.is_mature,
        case when journeys.is_confirmed_resolution then coalesce(journeys.value_usd, 0) else 0e0 end
        + coalesce(revenue.net_revenue_usd, 0e0) as value_usd
    from {{ ref('fct_journeys') }} as journeys
    left join revenue on journeys.journey_id = revenue.journey_id
),

scored as (
    select
        touches.*,
        case when touch_number = 1 then 1e0 else 0e0 end as first_score,
        case when touch_number = touches then 1e0 else 0e0 end as last_score,
        1e0 as linear_score,
        case
            when touches <= 2 then 1e0
            when touch_number in (1, touches) then 0.4e0
            else 0.2e0 / (touches - 2)
        end as position_score,
        power(2e0, -{{ seconds_between(
            'touched_at', 'max(touched_at) over (partition by journey_id)'
        ) }} / ({{ var('cx_attribution_half_life_days') }} * 86400e0)) as time_decay_score,
        1e0 / count(*) over (partition by journey_id, actor) as shapley_score
    from touches
),

credited as (
    select
        journey_id,
        actor,
        {%- for method in methods %}
        sum({{ method }}_score) / sum(sum({{ method }}_score)) over (partition by journey_id)
            as {{ method }}_share,
        {%- endfor %}
        count(*) as touches
    from scored
    group by journey_id, actor
)

select
    journeys.journey_id,
    credited.actor,
    journeys.journey_started_on,
    journeys.intent_id,
    journeys.channel,
    journeys.handling_path,
    journeys.is_mature,
    cast(credited.touches as bigint) as touches,
    cast(journeys.value_usd as double) as journey_value_usd,
    {%- for method in methods %}
    cast(journeys.value_usd * credited.{{ method }}_share as double)
        as {{ method }}_usd{{ "," if not loop.last }}
    {%- endfor %}
from journeys
inner join credited on journeys.journey_id = credited.journey_id
