-- Checked turns are estimated by weight; what the log reports counts as it is. Where nothing was
-- found the upper limit is the exact one, never zero.
{% set severities = [1, 2, 3, 4] -%}
with checked as (
    select
        actor_type,
        count(*) as checked_turns,
        sum(check_weight) as turns_stood_for,
        sum(check_weight) * sum(check_weight) / nullif(sum(check_weight * check_weight), 0)
            as effective_turns,
        {%- for severity in severities %}
        sum(severity_{{ severity }}_violations) as severity_{{ severity }}_violations,
        sum(severity_{{ severity }}_near_misses)
            as severity_{{ severity }}_near_misses{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('int_turns_safety_checked') }}
    where is_checked
    group by actor_type
),

rated as (
    {%- for severity in severities %}
    select
        actor_type,
        checked_turns,
        turns_stood_for,
        effective_turns,
        {{ severity }} as severity,
        severity_{{ severity }}_violations as violations,
        severity_{{ severity }}_near_misses as near_misses
    from checked
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    actor_type,
    cast(severity as int) as severity,
    cast(checked_turns as bigint) as checked_turns,
    cast(turns_stood_for as double) as turns_stood_for,
    cast(violations as bigint) as violations,
    cast(near_misses as bigint) as near_misses,
    1000 * violations / turns_stood_for as violations_per_1000,
    1000 * {{ wilson_lower('violations', 'turns_stood_for') }} as violations_lower,
    1000 * case
        when violations = 0 then {{ exact_zero_upper('effective_turns') }}
        else {{ wilson_upper('violations', 'turns_stood_for') }}
    end as violations_upper,
    1000 * near_misses / turns_stood_for as near_misses_per_1000
from rated
