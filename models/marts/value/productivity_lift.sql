{% set scopes = {'all': "'all'", 'team': 'team'} -%}
with agent_weeks as (
    {%- for scope, value in scopes.items() %}
    select
        '{{ scope }}' as scope,
        {{ value }} as scope_value,
        agent_id,
        is_assisted,
        paid_hours,
        standardised_resolutions
    from {{ ref('int_agent_weeks_productive') }}
    where is_mature
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

sides as (
    select
        scope,
        scope_value,
        is_assisted,
        sum(standardised_resolutions) as work,
        sum(paid_hours) as hours
    from agent_weeks
    group by scope, scope_value, is_assisted
),

-- Delta method: what each agent contributes to the log of the ratio. Agents are independent of
-- each other, an agent's weeks before and after assistance are not.
influences as (
    select
        agent_weeks.scope,
        agent_weeks.scope_value,
        agent_weeks.agent_id,
        sum(
            case when agent_weeks.is_assisted then 1e0 else -1e0 end
            * (
                agent_weeks.standardised_resolutions / nullif(sides.work, 0)
                - agent_weeks.paid_hours / nullif(sides.hours, 0)
            )
        ) as influence
    from agent_weeks
    inner join sides
        on
            agent_weeks.scope = sides.scope
            and agent_weeks.scope_value = sides.scope_value
            and agent_weeks.is_assisted = sides.is_assisted
    group by agent_weeks.scope, agent_weeks.scope_value, agent_weeks.agent_id
),

spreads as (
    select
        scope,
        scope_value,
        count(*) as agents,
        {{ t_quantile_975('nullif(count(*) - 1, 0)') }}
        * sqrt(sum(influence * influence) * count(*) / nullif(count(*) - 1, 0)) as log_half_width
    from influences
    group by scope, scope_value
),

compared as (
    select
        spreads.scope,
        spreads.scope_value,
        spreads.agents,
        spreads.log_half_width,
        coalesce(assisted.hours, 0e0) as assisted_hours,
        coalesce(unassisted.hours, 0e0) as unassisted_hours,
        assisted.work / nullif(assisted.hours, 0) as assisted_rate,
        unassisted.work / nullif(unassisted.hours, 0) as unassisted_rate
    from spreads
    left join sides as assisted
        on
            spreads.scope = assisted.scope
            and spreads.scope_value = assisted.scope_value
            and assisted.is_assisted
    left join sides as unassisted
        on
            spreads.scope = unassisted.scope
            and spreads.scope_value = unassisted.scope_value
            and not unassisted.is_assisted
)

select
    scope,
    scope_value,
    cast(agents as bigint) as agents,
    assisted_hours,
    unassisted_hours,
    assisted_rate,
    unassisted_rate,
    assisted_rate / nullif(unassisted_rate, 0) - 1 as lift,
    nullif(assisted_rate, 0) / nullif(unassisted_rate, 0) * exp(-log_half_width) - 1
        as lower_95,
    nullif(assisted_rate, 0) / nullif(unassisted_rate, 0) * exp(log_half_width) - 1
        as upper_95
from compared
