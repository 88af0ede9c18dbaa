{{ config(materialized='view') }}

{{ accepted_input('releases') }}
