{{ config(materialized='table') }}

with simulations as (
    select
        *,
        nullif(regexp_extract(task_id, '^[[]([^]:]+)[]]', 1), '') as task_intent,
        nullif(regexp_extract(task_id, '[[]PERSONA:([^]]+)[]]', 1), '') as persona,
        {{ try_cast('reward', 'double') }} as reward_value
    from {{ ref('base_tau2__simulations') }}
),

expected as (
    select
        simulation_key,
        bool_or(is_transfer) as expects_transfer,
        min_by(tool_name, action_position) filter (
            where is_write and requestor = 'assistant'
        ) as first_agent_write,
        min_by(tool_name, action_position) filter (where is_write) as first_write
    from {{ ref('base_tau2__expected_actions') }}
    group by simulation_key
),

transfers as (
    select
        simulation_key,
        bool_or(is_transfer and not is_failed) as is_transferred
    from {{ ref('base_tau2__tool_calls') }}
    group by simulation_key
),

timed as (
    select
        simulations.*,
        coalesce(expected.expects_transfer, false) as expects_transfer,
        coalesce(expected.first_agent_write, expected.first_write) as expected_write,
        coalesce(transfers.is_transferred, false) as is_transferred,
        {{ read_timestamp('simulations.start_time') }} as known_start,
        {{ read_timestamp('simulations.end_time') }} as ended_at,
        {{ read_timestamp('simulations.simulation_timestamp') }} as known_at,
        {{ read_timestamp('simulations.run_timestamp') }} as run_at
    from simulations
    left join expected on simulations.simulation_key = expected.simulation_key
    left join transfers on simulations.simulation_key = transfers.simulation_key
),

placed as (
    select
        *,
        coalesce(
            known_start, known_at, run_at, cast('{{ var("cx_earliest_event_date") }}' as timestamp)
        ) as started_at,
        reward_value is not null as is_rated,
        reward_value >= 1 - 1e-6 as is_passed
    from timed
),

named as (
    select
        *,
        case
            when not has_criteria then coalesce(task_intent || '.', '') || 'unclassified'
            when expects_transfer then coalesce(task_intent || '.', '') || 'transfer_to_human'
            else coalesce(task_intent, expected_write, 'information_only')
        end as goal
    from placed
)

select
    simulation_key,
    interaction_id,
    run_key,
    run_id,
    file_path,
    domain,
    agent_model,
    agent_implementation,
    task_id,
    trial,
    persona,
    domain || '.' || goal || case when is_rated then '' else '.unrated' end as intent_id,
    has_criteria,
    expects_transfer,
    has_criteria and not expects_transfer as is_automatable,
    goal = 'information_only' as is_information_only,
    termination_reason,
    is_transferred,
    reward_value as reward,
    is_rated,
    coalesce(is_passed, false) as is_passed,
    started_at,
    ended_at,
    greatest(started_at, coalesce(ended_at, started_at), coalesce(known_at, started_at))
        as ingested_at,
    known_start is not null as has_start_time,
    {{ try_cast('agent_cost', 'double') }} as agent_cost_usd,
    {{ try_cast('user_cost', 'double') }} as user_cost_usd,
    nullif(concat_ws(
        '; ',
        case
            when known_start is null and nullif(trim(start_time), '') is not null
                then 'start_time=' || start_time
        end,
        case
            when ended_at is null and nullif(trim(end_time), '') is not null
                then 'end_time=' || end_time
        end
    ), '') as cast_errors
from named
