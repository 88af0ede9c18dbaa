with units as (
    select *
    from {{ ref('int_experiment_units') }}
),

plans as (
    select
        experiment_id,
        arm,
        planned_share / sum(planned_share) over (partition by experiment_id) as planned_share
    from {{ ref('experiment_arms') }}
),

-- A planned arm without a single unit is a mismatch too.
arms as (
    select
        experiment_id,
        arm
    from units
    union
    select
        experiment_id,
        arm
    from plans
    where experiment_id in (select units.experiment_id from units)
),

counted as (
    select
        experiment_id,
        arm,
        max(unit_type) as unit_type,
        count(*) as units,
        sum(assignments - 1) as repeated_assignments,
        count_if(arms > 1) as contaminated_units,
        count_if(arms = 1) as compared_units,
        min(assigned_at) as first_assigned_at,
        max(assigned_at) as last_assigned_at
    from units
    group by experiment_id, arm
),

expected as (
    select
        arms.experiment_id,
        arms.arm,
        counted.unit_type,
        coalesce(counted.units, 0) as units,
        coalesce(counted.repeated_assignments, 0) as repeated_assignments,
        coalesce(counted.contaminated_units, 0) as contaminated_units,
        coalesce(counted.compared_units, 0) as compared_units,
        counted.first_assigned_at,
        counted.last_assigned_at,
        case
            when max(plans.planned_share) over experiment is null
                then 1e0 / count(*) over experiment
            else coalesce(plans.planned_share, 0e0)
        end as planned_share,
        sum(coalesce(counted.compared_units, 0)) over experiment as experiment_units,
        sum(coalesce(counted.contaminated_units, 0)) over experiment as experiment_contaminated,
        sum(coalesce(counted.units, 0)) over experiment as experiment_all_units,
        count(*) over experiment as experiment_arms,
        max(case when {{ is_control_arm('arms.arm') }} then 1 else 0 end) over experiment
            as control_arms
    from arms
    left join counted on arms.experiment_id = counted.experiment_id and arms.arm = counted.arm
    left join plans on arms.experiment_id = plans.experiment_id and arms.arm = plans.arm
    window experiment as (partition by arms.experiment_id)
),

tested as (
    select
        expected.*,
        sum(
            power(compared_units - planned_share * experiment_units, 2)
            / nullif(planned_share * experiment_units, 0)
        ) over (partition by experiment_id) as chi_square,
        max(case when planned_share = 0 and units > 0 then 1 else 0 end)
            over (partition by experiment_id) as unplanned_arms
    from expected
),

judged as (
    select
        tested.*,
        case
            when unplanned_arms = 0
                then {{ sample_ratio_p_value('chi_square', '(experiment_arms - 1)') }}
        end as p_value,
        experiment_contaminated / nullif(cast(experiment_all_units as double), 0)
            as contaminated_share
    from tested
)

select
    experiment_id,
    arm,
    unit_type,
    {{ is_control_arm('arm') }} as is_control,
    cast(units as bigint) as units,
    cast(repeated_assignments as bigint) as repeated_assignments,
    cast(contaminated_units as bigint) as contaminated_units,
    cast(compared_units as bigint) as compared_units,
    planned_share,
    planned_share * experiment_units as expected_units,
    first_assigned_at,
    last_assigned_at,
    chi_square,
    p_value,
    contaminated_share,
    case
        when control_arms = 0 then 'not_computable'
        when unplanned_arms > 0 or p_value < 0.001e0 or contaminated_share > 0.01e0 then 'degraded'
        else 'ok'
    end as status,
    case
        when control_arms = 0 then 'no control arm (var cx_control_arms)'
        when unplanned_arms > 0 then 'units in an arm that was not planned'
        when p_value < 0.001e0 then 'sample-ratio mismatch: arms are not of their planned sizes'
        when contaminated_share > 0.01e0 then 'more than 1 % of units are in several arms'
    end as status_reason
from judged
