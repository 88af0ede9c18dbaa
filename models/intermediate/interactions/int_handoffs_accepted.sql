{{ config(materialized='view') }}

{{ accepted_input('handoffs') }}
