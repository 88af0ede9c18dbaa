{% for table in canonical_tables() %}
select
    source_system,
    '{{ table }}' as table_name,
    source_event_id,
    ingested_at,
    quarantine_reason,
    payload
from {{ ref('int_' ~ table ~ '_checked') }}
where row_status = 'quarantined'
{% if not loop.last %}union all{% endif %}
{% endfor %}
