{{ config(materialized='view') }}

select
    contact_id,
    customer_id,
    {{ is_forced_termination() }} as is_forced_termination,
    {{ is_left_with_human() }} as is_left_with_human,
    {{ is_left_by_customer() }} as is_left_by_customer,
    {{ has_frustration_signals() }} as has_frustration_signals,
    is_human_involved and ({{ has_ai_contribution() }}) as has_ai_contribution
from {{ ref('int_contacts') }}
