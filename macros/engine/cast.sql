{# Cast that gives NULL where the text cannot be read (empty text is NULL too). #}
{% macro try_cast(expression, type) %}
    try_cast(nullif(trim(cast({{ expression }} as string)), '') as {{ type }})
{%- endmacro %}


{#
    Names and values of the columns that hold something that their type cannot: the row's evidence
    when it is quarantined. NULL when everything could be read.
    columns: {name in the source: canonical type}
#}
{% macro cast_errors(columns) %}
    nullif(concat_ws('; '
    {%- for column, type in columns.items() %},
        case
            when {{ ai_cx_metrics.try_cast(column, type) }} is null
                and nullif(trim(cast({{ column }} as string)), '') is not null
                then concat('{{ column }}=', cast({{ column }} as string))
        end
    {%- endfor %}), '')
{%- endmacro %}
