{% set signals = [
    'slice_dimension', 'period_starts_on', 'period_ends_on', 'metric_name', 'category', 'tier',
    'companion_of', 'leading_lagging', 'owner', 'unit', 'direction_of_good', 'risk_tier', 'value',
    'lower_95', 'upper_95', 'n', 'eligible_n', 'coverage', 'maturity', 'status', 'status_reason',
    'is_suppressed', 'target', 'target_risk_tier', 'target_channel', 'is_target_met',
    'has_severity_1', 'variation_signal', 'assurance_signal', 'ewma_signal', 'special_cause',
    'chart_points', 'is_trial', 'is_autocorrelated', 'autocorrelation', 'rebased_on',
    'rebase_reason', 'rating', 'rating_reason', 'rating_changes_with',
    'previous_value', 'change', 'change_signal',
] -%}
with signals as (
    select *
    from {{ ref('scorecard_signals') }}
),

compared as (
    select
        signals.*,
        case
            when direction_of_good = 'up' then value >= target
            when direction_of_good = 'down' then value <= target
        end as is_target_met,
        coalesce(lower_95 < target and upper_95 > target, false) as is_straddling,
        coalesce(variation_signal like 'concern%', false) as has_concern,
        value - previous_value as change
    from signals
),

rated as (
    select
        compared.*,
        {{ scorecard_rating() | indent(8) }} as rating,
        {{ scorecard_rating_reason() | indent(8) }} as rating_reason,
        {{ scorecard_rating_changes_with() | indent(8) }} as rating_changes_with,
        case
            when slice_dimension = 'combined' then null
            when variation_signal like 'concern%' then 'concern'
            when variation_signal like 'improvement%' then 'improvement'
        end as change_signal
    from compared
)

select
    {%- for column in scorecard_key() + signals %}
    rated.{{ column }},
    {%- endfor %}
    rated.guardrail_metric_id,
    guardrails.metric_name as guardrail_metric_name,
    guardrails.value as guardrail_value,
    guardrails.unit as guardrail_unit,
    guardrails.rating as guardrail_rating,
    rated.scorecard_weight,
    rated.definition,
    rated.definition_version
from rated
left join rated as guardrails
    on
        rated.guardrail_metric_id = guardrails.metric_id
        and rated.period = guardrails.period
        {%- for column in scorecard_dimensions() %}
        and rated.{{ column }} = guardrails.{{ column }}
        {%- endfor %}
