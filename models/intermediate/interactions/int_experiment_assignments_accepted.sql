{{ config(materialized='view') }}

{{ accepted_input('experiment_assignments') }}
