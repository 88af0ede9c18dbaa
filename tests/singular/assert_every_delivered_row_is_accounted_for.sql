-- Nothing is lost: what a system delivered was accepted, is a repeat, or is quarantined.
select
    source_system,
    table_name,
    delivered_rows,
    accepted_rows,
    duplicate_rows,
    quarantined_rows
from {{ ref('input_reconciliation') }}
where delivered_rows <> accepted_rows + duplicate_rows + quarantined_rows
