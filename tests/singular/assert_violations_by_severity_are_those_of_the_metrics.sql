-- The severities together are what the metrics count; a violation that only a review found has no
-- severity, so of violations the metric has these besides.
with metrics as (
    {%- for metric_id in ['violation_rate', 'near_miss_rate', 'violation_rate_severity_1'] %}
    select
        metric_id,
        sum(weight * numerator) / 1000 as found,
        sum(weight * denominator) as turns
    from {{ ref('metric_' ~ metric_id) }}
    group by metric_id
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

reviewed as (
    select coalesce(sum(check_weight * (
        violations - severity_1_violations - severity_2_violations - severity_3_violations
        - severity_4_violations
    )), 0e0) as found
    from {{ ref('int_turns_safety_checked') }}
),

by_severity as (
    select
        sum(violations) as violations,
        sum(near_misses) as near_misses,
        sum(case when severity = 1 then violations else 0 end) as severity_1_violations,
        sum(case when severity = 1 then turns_stood_for else 0 end) as turns
    from {{ ref('violations_by_severity') }}
),

compared as (
    select
        metrics.metric_id,
        metrics.found,
        metrics.turns,
        by_severity.turns as turns_by_severity,
        case metrics.metric_id
            when 'violation_rate' then by_severity.violations + reviewed.found
            when 'near_miss_rate' then by_severity.near_misses
            else by_severity.severity_1_violations
        end as found_by_severity
    from metrics
    cross join reviewed
    cross join by_severity
)

select *
from compared
where
    abs(found - found_by_severity) > 1e-6
    or abs(turns - turns_by_severity) > 1e-6
