-- Difference-in-differences by cohort, each against agents without assistance as yet, then pooled
-- by the number of agents who got it. Agents are the independent units, in several cohorts too.
with changes as (
    select *
    from {{ ref('int_rollout_changes') }}
),

sides as (
    select
        cohort_starts_on,
        is_treated,
        cast(count(*) as double) as agents,
        avg(rate_before) as rate_before,
        avg(rate_after) as rate_after,
        avg(change) as change,
        avg(change_before) as pre_trend
    from changes
    group by cohort_starts_on, is_treated
),

cohorts as (
    select
        treated.cohort_starts_on,
        treated.agents as treated_agents,
        control.agents as control_agents,
        treated.rate_after,
        treated.rate_before + control.change as expected_rate,
        treated.change - control.change as effect,
        treated.pre_trend - control.pre_trend as pre_trend
    from sides as treated
    inner join sides as control on treated.cohort_starts_on = control.cohort_starts_on
    where
        treated.is_treated
        and not control.is_treated
        and treated.agents > 1
        and control.agents > 1
),

-- Each cohort by itself, and all of them together.
scoped as (
    select
        'cohort' as scope,
        cast(cohort_starts_on as string) as scope_value,
        1e0 as share,
        cohorts.*
    from cohorts
    union all
    select
        'all' as scope,
        'all' as scope_value,
        treated_agents / sum(treated_agents) over () as share,
        cohorts.*
    from cohorts
),

pooled as (
    select
        scope,
        scope_value,
        sum(treated_agents) as treated_agents,
        sum(share * rate_after) as rate_after,
        sum(share * expected_rate) as expected_rate,
        sum(share * effect) as effect,
        sum(share * pre_trend) as pre_trend
    from scoped
    group by scope, scope_value
),

-- What each agent adds to the estimates' deviations, over all cohorts that they are part of.
influences as (
    select
        scoped.scope,
        scoped.scope_value,
        changes.agent_id,
        max(case when changes.is_treated then 0 else 1 end) as is_control,
        sum(
            scoped.share * case when changes.is_treated then 1e0 else -1e0 end
            * (changes.change - sides.change) / sides.agents
        ) as effect,
        sum(
            scoped.share
            * case
                when changes.is_treated then changes.rate_before - sides.rate_before
                else changes.change - sides.change
            end / sides.agents
        ) as expected_rate,
        sum(
            scoped.share * case when changes.is_treated then 1e0 else -1e0 end
            * (changes.change_before - sides.pre_trend) / sides.agents
        ) as pre_trend
    from scoped
    inner join changes on scoped.cohort_starts_on = changes.cohort_starts_on
    inner join sides
        on
            changes.cohort_starts_on = sides.cohort_starts_on
            and changes.is_treated = sides.is_treated
    group by scoped.scope, scoped.scope_value, changes.agent_id
),

spreads as (
    select
        influences.scope,
        influences.scope_value,
        cast(count(*) as double) as agents,
        sum(influences.is_control) as control_agents,
        sum(power(influences.effect, 2)) as effect_square,
        sum(power(influences.pre_trend, 2)) as pre_trend_square,
        sum(power(
            influences.effect / nullif(pooled.expected_rate, 0)
            - pooled.effect * influences.expected_rate
            / nullif(power(pooled.expected_rate, 2), 0), 2
        )) as lift_square
    from influences
    inner join pooled
        on influences.scope = pooled.scope and influences.scope_value = pooled.scope_value
    group by influences.scope, influences.scope_value
),

estimated as (
    select
        pooled.*,
        spreads.agents,
        spreads.control_agents,
        pooled.effect / nullif(pooled.expected_rate, 0) as lift,
        sqrt(spreads.effect_square * spreads.agents / (spreads.agents - 1)) as standard_error,
        sqrt(spreads.pre_trend_square * spreads.agents / (spreads.agents - 1)) as pre_trend_error,
        sqrt(spreads.lift_square * spreads.agents / (spreads.agents - 1)) as lift_error,
        {{ t_quantile_975('greatest(1e0, spreads.agents - 2)') }} as critical
    from pooled
    inner join spreads
        on pooled.scope = spreads.scope and pooled.scope_value = spreads.scope_value
)

select
    scope,
    scope_value,
    cast(treated_agents as bigint) as treated_agents,
    cast(control_agents as bigint) as control_agents,
    rate_after,
    expected_rate,
    effect,
    standard_error,
    effect - critical * standard_error as effect_lower_95,
    effect + critical * standard_error as effect_upper_95,
    lift,
    lift - critical * lift_error as lower_95,
    lift + critical * lift_error as upper_95,
    pre_trend,
    pre_trend - critical * pre_trend_error as pre_trend_lower_95,
    pre_trend + critical * pre_trend_error as pre_trend_upper_95,
    case
        when abs(pre_trend) > critical * pre_trend_error then 'degraded'
        when least(treated_agents, control_agents) < 5 then 'degraded'
        else 'ok'
    end as status,
    case
        when abs(pre_trend) > critical * pre_trend_error
            then 'the agents moved apart before the roll-out already'
        when least(treated_agents, control_agents) < 5 then 'fewer than 5 agents on a side'
    end as status_reason
from estimated
