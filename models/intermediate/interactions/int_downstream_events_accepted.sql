{{ config(materialized='view') }}

{{ accepted_input('downstream_events') }}
