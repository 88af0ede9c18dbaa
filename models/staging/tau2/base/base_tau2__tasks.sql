{{ config(materialized='table') }}

with task_rows as (
    {{ json_elements(
        ref('base_tau2__runs'), 'document', '$.tasks', ['run_key'], 'task', 'task_position'
    ) }}
),

tasks as (
    select
        run_key,
        {{ json_text('task', '$.id') }} as task_id,
        {{ json_part('task', '$.evaluation_criteria') }} as evaluation_criteria,
        row_number() over (
            partition by run_key, {{ json_text('task', '$.id') }}
            order by task_position
        ) as occurrence
    from task_rows
)

-- criteria without a list of actions expect no action, which is an answer; no criteria are none
select
    run_key,
    task_id,
    evaluation_criteria is not null as has_criteria,
    {{ json_part('evaluation_criteria', '$.actions') }} as expected_actions
from tasks
where task_id is not null and occurrence = 1
