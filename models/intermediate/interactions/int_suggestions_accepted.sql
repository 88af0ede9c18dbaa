{{ config(materialized='view') }}

{{ accepted_input('suggestions') }}
