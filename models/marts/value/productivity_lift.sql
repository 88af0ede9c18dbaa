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

rates as (
    select
        scope,
        scope_value,
        sum(case when is_assisted then standardised_resolutions else 0e0 end) as assisted_work,
        sum(case when is_assisted then paid_hours else 0e0 end) as assisted_hours,
        sum(case when is_assisted then 0e0 else standardised_resolutions end)
            as unassisted_work,
        sum(case when is_assisted then 0e0 else paid_hours end) as unassisted_hours
    from agent_weeks
    group by scope, scope_value
),

-- Delta method: what each agent contributes to the log of the ratio. Agents are independent of
-- each other, an agent's weeks before and after assistance are not.
influences as (
    select
        agent_weeks.scope,
        agent_weeks.scope_value,
        agent_weeks.agent_id,
        sum(case
            when agent_weeks.is_assisted
                then agent_weeks.standardised_resolutions / nullif(rates.assisted_work, 0)
                - agent_weeks.paid_hours / nullif(rates.assisted_hours, 0)
            else agent_weeks.paid_hours / nullif(rates.unassisted_hours, 0)
                - agent_weeks.standardised_resolutions / nullif(rates.unassisted_work, 0)
        end) as influence
    from agent_weeks
    inner join rates
        on agent_weeks.scope = rates.scope and agent_weeks.scope_value = rates.scope_value
    group by agent_weeks.scope, agent_weeks.scope_value, agent_weeks.agent_id
),

spreads as (
    select
        scope,
        scope_value,
        count(*) as agents,
        sqrt(sum(influence * influence) * count(*) / nullif(count(*) - 1, 0)) as log_error,
        {{ t_quantile_975('nullif(count(*) - 1, 0)') }} as critical
    from influences
    group by scope, scope_value
),

compared as (
    select
        rates.scope,
        rates.scope_value,
        spreads.agents,
        spreads.critical * spreads.log_error as log_half_width,
        rates.assisted_hours,
        rates.unassisted_hours,
        rates.assisted_work / nullif(rates.assisted_hours, 0) as assisted_rate,
        rates.unassisted_work / nullif(rates.unassisted_hours, 0) as unassisted_rate
    from rates
    inner join spreads
        on rates.scope = spreads.scope and rates.scope_value = spreads.scope_value
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
    assisted_rate / nullif(unassisted_rate, 0) * exp(-log_half_width) - 1 as lower_95,
    assisted_rate / nullif(unassisted_rate, 0) * exp(log_half_width) - 1 as upper_95
from compared
