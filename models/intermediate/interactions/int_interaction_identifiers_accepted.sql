{{ config(materialized='view') }}

{{ accepted_input('interaction_identifiers') }}
