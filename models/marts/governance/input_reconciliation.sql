with delivered as (
    {%- for table in canonical_tables() %}
    {%- for system in var('cx_systems') %}
    select
        '{{ system }}' as delivering_system,
        '{{ table }}' as table_name,
        {% if table in var('cx_absent_inputs') -%}
        0 as delivered_rows
        {%- else -%}
        count(*) as delivered_rows
    from {{ ref('stg_' ~ system ~ '__' ~ table) }}
        {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

judged as (
    {%- for table in canonical_tables() %}
    select
        source_system,
        '{{ table }}' as table_name,
        count_if(row_status = 'accepted') as accepted_rows,
        count_if(row_status = 'duplicate') as duplicate_rows,
        count_if(row_status = 'quarantined') as quarantined_rows
    from {{ ref('int_' ~ table ~ '_checked') }}
    group by source_system
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    delivered.delivering_system as source_system,
    delivered.table_name,
    cast(delivered.delivered_rows as bigint) as delivered_rows,
    cast(coalesce(judged.accepted_rows, 0) as bigint) as accepted_rows,
    cast(coalesce(judged.duplicate_rows, 0) as bigint) as duplicate_rows,
    cast(coalesce(judged.quarantined_rows, 0) as bigint) as quarantined_rows
from delivered
left join judged
    on
        delivered.delivering_system = judged.source_system
        and delivered.table_name = judged.table_name
