{{ config(materialized='view') }}

{{ accepted_input('intent_catalogue') }}
