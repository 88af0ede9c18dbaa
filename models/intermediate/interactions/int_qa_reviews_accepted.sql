{{ config(materialized='view') }}

{{ accepted_input('qa_reviews') }}
