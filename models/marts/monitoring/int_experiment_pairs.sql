{{ config(materialized='view') }}

with outcomes as (
    select *
    from {{ ref('int_experiment_outcomes') }}
),

before as (
    select
        experiment_id,
        metric_id,
        sum(before_num) / nullif(sum(before_den), 0) as before_value
    from outcomes
    group by experiment_id, metric_id
),

-- The covariate: what the unit did before above what all did, 0 for those who are new.
covariates as (
    select
        outcomes.*,
        coalesce(outcomes.before_num - before.before_value * outcomes.before_den, 0e0) as x
    from outcomes
    inner join before
        on
            outcomes.experiment_id = before.experiment_id
            and outcomes.metric_id = before.metric_id
),

arms as (
    select
        experiment_id,
        metric_id,
        arm,
        cast(count(*) as double) as n,
        sum(num) as num,
        sum(den) as den,
        sum(num * num) as num2,
        sum(den * den) as den2,
        sum(num * den) as numden,
        sum(x) as x,
        sum(x * x) as x2,
        sum(x * num) as xnum,
        sum(x * den) as xden
    from covariates
    group by experiment_id, metric_id, arm
),

-- Variances and covariance of the estimated value and the covariate's mean.
described as (
    select
        arms.*,
        {{ metric_value('arms') }} as value,
        power({{ ratio_standard_error('arms') }}, 2) as variance,
        (x2 - x * x / n) / n / nullif(n - 1, 0) as x_variance,
        (xnum - {{ metric_value('arms') }} * xden) / nullif(den, 0) / nullif(n - 1, 0)
            as x_covariance,
        num2 = num and den2 = den and den = n as is_binary
    from arms
),

controls as (
    select
        experiment_id,
        min(arm) as control_arm
    from {{ ref('experiment_integrity') }}
    where is_control
    group by experiment_id
)

select
    treated.experiment_id,
    treated.metric_id,
    treated.arm,
    controls.control_arm,
    treated.n,
    coalesce(control.n, 0e0) as control_n,
    treated.value,
    control.value as control_value,
    treated.value - control.value as difference,
    treated.variance,
    control.variance as control_variance,
    sqrt(treated.variance + control.variance) as standard_error,
    treated.x / treated.n - control.x / control.n as x_difference,
    treated.x_variance,
    control.x_variance as control_x_variance,
    treated.x_covariance,
    control.x_covariance as control_x_covariance,
    treated.is_binary and control.is_binary as is_binary,
    {{ cuped_theta(
        '(treated.xnum + control.xnum - (treated.num + control.num)'
        ~ ' / nullif(treated.den + control.den, 0) * (treated.xden + control.xden))'
        ~ ' / nullif(treated.den + control.den, 0)',
        '(treated.x2 + control.x2 - power(treated.x + control.x, 2)'
        ~ ' / (treated.n + control.n)) / (treated.n + control.n)'
    ) }} as theta
from described as treated
inner join controls
    on
        treated.experiment_id = controls.experiment_id
        and treated.arm <> controls.control_arm
left join described as control
    on
        treated.experiment_id = control.experiment_id
        and treated.metric_id = control.metric_id
        and controls.control_arm = control.arm
