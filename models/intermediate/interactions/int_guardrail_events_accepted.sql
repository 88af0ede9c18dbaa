{{ config(materialized='view') }}

{{ accepted_input('guardrail_events') }}
