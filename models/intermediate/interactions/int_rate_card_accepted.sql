{{ config(materialized='view') }}

{{ accepted_input('rate_card') }}
