{{ config(materialized='view') }}

{{ accepted_input('offers') }}
