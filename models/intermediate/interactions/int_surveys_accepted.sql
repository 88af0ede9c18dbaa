{{ config(materialized='view') }}

{{ accepted_input('surveys') }}
