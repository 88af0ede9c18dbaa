-- A registry entry names inputs as table or table.column; an input is there when any accepted row
-- fills it. python_models is there when var cx_python_models is true.
with glossary as (
    select
        metric_id,
        '|' || coalesce(required_inputs, '') || '|' as required_inputs,
        '|' || coalesce(degraded_without, '') || '|' as degraded_without
    from {{ ref('metric_glossary') }}
),

inputs as (
    {%- for table, spec in canonical_tables().items() %}
    select '{{ table }}' as input_name
    {%- for column in spec['columns'] %}
    union all
    select '{{ table }}.{{ column[0] }}' as input_name
    {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
    union all
    select 'python_models' as input_name
),

filled_inputs as (
    select distinct
        case
            when column_name = '*' then table_name
            else table_name || '.' || column_name
        end as input_name
    from {{ ref('input_coverage') }}
    where filled_rows > 0
    {%- if var('cx_python_models') %}
    union all
    select 'python_models' as input_name
    {%- endif %}
),

missing_inputs as (
    select inputs.input_name
    from inputs
    left join filled_inputs on inputs.input_name = filled_inputs.input_name
    where filled_inputs.input_name is null
)

select
    glossary.metric_id,
    missing_inputs.input_name,
    case
        when glossary.required_inputs like '%|' || missing_inputs.input_name || '|%'
            then 'not_computable'
        else 'degraded'
    end as consequence
from glossary
inner join missing_inputs
    on
        glossary.required_inputs like '%|' || missing_inputs.input_name || '|%'
        or glossary.degraded_without like '%|' || missing_inputs.input_name || '|%'
