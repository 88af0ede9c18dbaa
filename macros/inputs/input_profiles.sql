{#
    Per system, canonical table and column: accepted rows and rows in which the column is filled.
    column_name '*' is the table itself.
#}
{% macro input_profile(table) %}
    {%- set columns = canonical_tables()[table]["columns"] | map("first") | list -%}
select
    counts.source_system,
    '{{ table }}' as table_name,
    columns.column_name,
    counts.accepted_rows,
    case columns.column_name
        when '*' then counts.accepted_rows
        {%- for column in columns %}
        when '{{ column }}' then counts.filled_{{ column }}
        {%- endfor %}
    end as filled_rows
from (
    select
        source_system,
        count(*) as accepted_rows,
        {%- for column in columns %}
        count({{ column }}) as filled_{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("int_" ~ table ~ "_accepted") }}
    group by source_system
) as counts
cross join (
    select '*' as column_name
    {%- for column in columns %}
    union all
    select '{{ column }}' as column_name
    {%- endfor %}
) as columns
{%- endmacro %}
