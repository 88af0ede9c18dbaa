{{ config(materialized='view') }}

{{ accepted_input('customer_segments') }}
