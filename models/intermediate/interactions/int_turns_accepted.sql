{{ config(materialized='view') }}

{{ accepted_input('turns') }}
