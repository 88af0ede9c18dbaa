{{ config(materialized='view') }}

{{ accepted_input('agents') }}
