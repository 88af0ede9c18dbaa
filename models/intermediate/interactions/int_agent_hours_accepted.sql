{{ config(materialized='view') }}

{{ accepted_input('agent_hours') }}
