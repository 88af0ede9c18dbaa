{{ config(materialized='view') }}

{{ accepted_input('identity_links') }}
