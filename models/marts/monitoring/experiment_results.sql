{% set metrics = var('cx_experiment_metrics') | length -%}
with pairs as (
    select *
    from {{ ref('int_experiment_pairs') }}
),

adjusted as (
    select
        pairs.*,
        difference - theta * x_difference as cuped_difference,
        sqrt(
            {{ cuped_variance('variance', 'x_covariance', 'x_variance', 'theta') }}
            + {{ cuped_variance(
                'control_variance', 'control_x_covariance', 'control_x_variance', 'theta'
            ) }}
        ) as cuped_standard_error,
        {{ t_quantile_975(
            'greatest(1e0, ' ~ welch_df('variance', 'n', 'control_variance', 'control_n') ~ ')'
        ) }} as critical,
        {{ relative_difference_standard_error(
            'value', 'sqrt(variance)', 'control_value', 'sqrt(control_variance)'
        ) }} as relative_error,
        4e0 * n * control_n / nullif(n + control_n, 0) as sequential_n
    from pairs
),

-- Too small arms are not judged: no error, no interval, no verdict.
judged as (
    select
        adjusted.*,
        glossary.kind,
        glossary.owner,
        glossary.non_inferiority_margin as margin,
        case when glossary.direction_of_good = 'down' then -1e0 else 1e0 end as orientation,
        coalesce(
            least(adjusted.n, adjusted.control_n) >= {{ var('cx_min_n') }}
            and adjusted.cuped_standard_error > 0,
            false
        ) as is_judged,
        integrity.status as integrity_status,
        integrity.status_reason as integrity_reason
    from adjusted
    inner join {{ ref('metric_glossary') }} as glossary on adjusted.metric_id = glossary.metric_id
    inner join {{ ref('experiment_integrity') }} as integrity
        on
            adjusted.experiment_id = integrity.experiment_id
            and adjusted.arm = integrity.arm
),

-- Limits valid at every look; that which decides shares its error over the metrics.
limited as (
    select
        judged.*,
        case
            when is_judged then {{ sequential_half_width(
                'cuped_standard_error', 'sequential_n', var('cx_sequential_units')
            ) }}
        end as sequential_width,
        case
            when is_judged then orientation * cuped_difference
                - {{ sequential_half_width_one_sided(
                    'cuped_standard_error', 'sequential_n', var('cx_sequential_units')
                ) }}
        end as worst_case,
        case
            when is_judged then orientation * cuped_difference
                + {{ sequential_half_width_one_sided(
                    'cuped_standard_error', 'sequential_n', var('cx_sequential_units'),
                    alpha='(0.05e0 / ' ~ metrics ~ ')'
                ) }}
        end as best_case,
        case
            when is_judged
                then {{ normal_p_value('(cuped_difference / cuped_standard_error)') }}
        end as p_value
    from judged
),

corrected as (
    {{ benjamini_hochberg('limited', ['ranked.*'], partition_columns=['experiment_id']) }}
)

select
    experiment_id,
    metric_id,
    arm,
    control_arm,
    cast(n as bigint) as n,
    cast(control_n as bigint) as control_n,
    value,
    control_value,
    difference,
    case when is_judged then standard_error end as standard_error,
    case
        when not is_judged then null
        when kind = 'proportion' and is_binary
            then {{ proportion_difference_lower('value', 'n', 'control_value', 'control_n') }}
        else difference - critical * standard_error
    end as lower_95,
    case
        when not is_judged then null
        when kind = 'proportion' and is_binary
            then {{ proportion_difference_upper('value', 'n', 'control_value', 'control_n') }}
        else difference + critical * standard_error
    end as upper_95,
    value / nullif(control_value, 0) - 1 as relative_difference,
    case
        when is_judged then value / nullif(control_value, 0) - 1 - critical * relative_error
    end as relative_lower_95,
    case
        when is_judged then value / nullif(control_value, 0) - 1 + critical * relative_error
    end as relative_upper_95,
    theta as cuped_theta,
    cuped_difference,
    case when is_judged then cuped_standard_error end as cuped_standard_error,
    case when is_judged then cuped_difference - critical * cuped_standard_error end
        as cuped_lower_95,
    case when is_judged then cuped_difference + critical * cuped_standard_error end
        as cuped_upper_95,
    1 - power(cuped_standard_error / nullif(standard_error, 0), 2) as variance_reduction,
    p_value,
    q_value,
    cuped_difference - sequential_width as sequential_lower_95,
    cuped_difference + sequential_width as sequential_upper_95,
    worst_case,
    best_case,
    margin,
    {{ non_inferiority_verdict('worst_case', 'best_case', 'margin') }} as verdict,
    case when is_judged then integrity_status else 'not_computable' end as status,
    case
        when is_judged then integrity_reason
        else 'fewer than {{ var("cx_min_n") }} units in an arm, or all alike'
    end as status_reason,
    owner
from corrected
