-- Every rule of attribution gives away exactly the journey's value.
with credited as (
    select
        journey_id,
        max(journey_value_usd) as journey_value_usd,
        {%- for method in ['first', 'last', 'linear', 'position', 'time_decay', 'shapley'] %}
        sum({{ method }}_usd) as {{ method }}_usd{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('journey_attribution') }}
    group by journey_id
)

select *
from credited
where
    {%- for method in ['first', 'last', 'linear', 'position', 'time_decay', 'shapley'] %}
    {{ "or " if not loop.first }}abs({{ method }}_usd - journey_value_usd) > 1e-9
    {%- endfor %}
