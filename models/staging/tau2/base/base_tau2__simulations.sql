{{ config(materialized='table') }}

with simulation_rows as (
    {{ json_elements(
        ref('base_tau2__runs'),
        'document',
        '$.simulations',
        [
            'run_key', 'run_id', 'file_path', 'run_timestamp', 'domain', 'agent_model',
            'agent_implementation'
        ],
        'simulation',
        'simulation_position'
    ) }}
),

tasks as (
    select
        run_key,
        task_id,
        has_criteria,
        expected_actions
    from {{ ref('base_tau2__tasks') }}
),

fields as (
    select
        run_key,
        run_id,
        file_path,
        run_timestamp,
        domain,
        agent_model,
        agent_implementation,
        simulation_position,
        {{ json_text('simulation', '$.id') }} as simulation_id,
        {{ json_text('simulation', '$.task_id') }} as task_id,
        {{ json_text('simulation', '$.trial') }} as trial,
        {{ json_text('simulation', '$.timestamp') }} as simulation_timestamp,
        {{ json_text('simulation', '$.start_time') }} as start_time,
        {{ json_text('simulation', '$.end_time') }} as end_time,
        {{ json_text('simulation', '$.termination_reason') }} as termination_reason,
        {{ json_number('simulation', '$.agent_cost') }} as agent_cost,
        {{ json_number('simulation', '$.user_cost') }} as user_cost,
        {{ json_number('simulation', '$.reward_info.reward') }} as reward,
        {{ json_part('simulation', '$.reward_info.action_checks') }} as action_checks
    from simulation_rows
),

numbered as (
    select
        *,
        regexp_matches(
            lower(simulation_id),
            '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        ) as has_universal_id,
        row_number() over (
            partition by run_key, simulation_id, task_id, trial
            order by simulation_position
        ) as occurrence
    from fields
),

keyed as (
    select
        *,
        concat_ws(
            '/',
            substr(run_id, 1, 12),
            coalesce(simulation_id, 'task ' || task_id, 'conversation'),
            'trial ' || trial,
            case when occurrence > 1 then cast(occurrence as string) end
        ) as local_id
    from numbered
)

-- a UUID names the conversation in whatever file it comes; any other id only within its own run
select
    case
        when keyed.has_universal_id then lower(keyed.simulation_id)
        else keyed.local_id
    end as interaction_id,
    keyed.run_key || '#' || cast(keyed.simulation_position as string) as simulation_key,
    keyed.run_key,
    keyed.run_id,
    keyed.file_path,
    keyed.domain,
    keyed.agent_model,
    keyed.agent_implementation,
    keyed.task_id,
    keyed.trial,
    keyed.run_timestamp,
    keyed.simulation_timestamp,
    keyed.start_time,
    keyed.end_time,
    keyed.termination_reason,
    keyed.agent_cost,
    keyed.user_cost,
    keyed.reward,
    coalesce(tasks.has_criteria, false) or keyed.action_checks is not null as has_criteria,
    coalesce(tasks.expected_actions, keyed.action_checks) as expected_actions
from keyed
left join tasks on keyed.run_key = tasks.run_key and keyed.task_id = tasks.task_id
