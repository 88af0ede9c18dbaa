{{ config(materialized='view') }}

{{ accepted_input('interactions') }}
