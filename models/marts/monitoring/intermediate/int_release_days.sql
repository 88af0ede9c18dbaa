{% set guardrails = var('cx_guardrail_metrics') -%}
{% set sums = ['n', 'w', 'w2', 'num', 'den', 'num2', 'den2', 'numden'] -%}
-- Each release against the one that it replaced: the latest that was live when it came.
with releases as (
    select
        release_id,
        source_system,
        deployed_at,
        rolled_back_at,
        cast(deployed_at as date) as deployed_on
    from {{ ref('int_releases_accepted') }}
),

pairs as (
    select
        releases.release_id,
        releases.deployed_on,
        max_by(
            controls.release_id, cast(controls.deployed_at as string) || controls.release_id
        ) as control_release_id
    from releases
    inner join releases as controls
        on
            releases.source_system = controls.source_system
            and releases.deployed_at > controls.deployed_at
            and (
                controls.rolled_back_at is null
                or releases.deployed_at < controls.rolled_back_at
            )
    group by releases.release_id, releases.deployed_on
),

daily as (
    select
        metric_id,
        release_id,
        metric_date,
        {%- for column in sums %}
        cast(sum({{ column }}) as double) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('metric_daily') }}
    where
        is_mature
        and release_id <> 'none'
        and metric_id in ({{ "'" ~ guardrails | join("', '") ~ "'" }})
    group by metric_id, release_id, metric_date
),

lives as (
    select
        release_id,
        max(metric_date) as last_seen_on
    from daily
    group by release_id
),

-- A control is concurrent where it still carried a twentieth of the two releases' units after the
-- day of the deployment, on which both were live in any case.
traffic as (
    select
        pairs.release_id,
        pairs.deployed_on,
        pairs.control_release_id,
        sum(case when daily.release_id = pairs.control_release_id then daily.n end)
            as control_n,
        sum(daily.n) as n,
        max(case when daily.release_id = pairs.control_release_id then daily.metric_date end)
            as control_last_seen_on
    from pairs
    inner join lives on pairs.release_id = lives.release_id
    left join daily
        on
            daily.release_id in (pairs.release_id, pairs.control_release_id)
            and pairs.deployed_on < daily.metric_date
            and lives.last_seen_on >= daily.metric_date
    group by pairs.release_id, pairs.deployed_on, pairs.control_release_id
),

designs as (
    select
        release_id,
        deployed_on,
        control_release_id,
        control_last_seen_on,
        coalesce(control_n >= 0.05e0 * n, false) as is_concurrent
    from traffic
),

-- Units of both sides by day. A control of the time before counts in full from the first day.
sides as (
    select
        designs.release_id,
        designs.control_release_id,
        designs.is_concurrent,
        daily.metric_id,
        daily.release_id = designs.control_release_id as is_control,
        case
            when daily.metric_date < designs.deployed_on then designs.deployed_on
            else daily.metric_date
        end as observed_on,
        {%- for column in sums %}
        daily.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from designs
    inner join daily
        on
            (
                designs.release_id = daily.release_id
                and designs.deployed_on <= daily.metric_date
                and case
                    when designs.is_concurrent then designs.control_last_seen_on
                    else designs.deployed_on + {{ var('cx_release_baseline_days') - 1 }}
                end >= daily.metric_date
            )
            or (
                designs.control_release_id = daily.release_id
                and designs.is_concurrent
                and daily.metric_date between designs.deployed_on and designs.control_last_seen_on
            )
            or (
                designs.control_release_id = daily.release_id
                and not designs.is_concurrent
                and designs.deployed_on > daily.metric_date
                and designs.deployed_on - {{ var('cx_release_baseline_days') }}
                <= daily.metric_date
            )
),

days as (
    select
        release_id,
        control_release_id,
        is_concurrent,
        metric_id,
        observed_on,
        {%- for column in sums %}
        sum(case when is_control then 0e0 else {{ column }} end) as {{ column }},
        sum(case when is_control then {{ column }} else 0e0 end) as control_{{ column }}
            {{- "," if not loop.last }}
        {%- endfor %}
    from sides
    group by release_id, control_release_id, is_concurrent, metric_id, observed_on
),

running as (
    select
        release_id,
        control_release_id,
        is_concurrent,
        metric_id,
        observed_on,
        {%- for column in sums %}
        sum({{ column }}) over days_so_far as {{ column }},
        sum(control_{{ column }}) over days_so_far as control_{{ column }}
            {{- "," if not loop.last }}
        {%- endfor %}
    from days
    window days_so_far as (
        partition by release_id, metric_id order by observed_on
        rows between unbounded preceding and current row
    )
)

select
    release_id,
    control_release_id,
    is_concurrent,
    metric_id,
    observed_on,
    {%- for column in sums %}
    {{ column }},
    control_{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from running
where n > 0
