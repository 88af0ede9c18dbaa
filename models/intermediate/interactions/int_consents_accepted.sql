{{ config(materialized='view') }}

{{ accepted_input('consents') }}
