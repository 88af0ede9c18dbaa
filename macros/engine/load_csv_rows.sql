{#
    How dbt-spark loads the rows of a seed: its own way writes apostrophes, newlines and empty cells
    wrongly, and takes minutes for some thousand rows. Here every cell is a literal, or NULL, and each
    column is cast once.
#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set types = model["config"].get("column_types", {}) %}
    {% set names = agate_table.column_names %}
    {% set statements = [] %}
    {% for rows in agate_table.rows | batch(2000) %}
        {% set sql %}
            insert into {{ this.render() }}
            select
                {%- for name in names %}
                cast({{ adapter.quote(name) }} as {{ types.get(
                    name, adapter.convert_type(agate_table, loop.index0)) }})
                {{- "," if not loop.last }}
                {%- endfor %}
            from values
                {%- for row in rows %}
                ({% for cell in row %}{{ spark_literal(cell) }}{{ ", " if not loop.last }}{% endfor %})
                {{- "," if not loop.last }}
                {%- endfor %}
                as cells ({% for name in names %}{{ adapter.quote(name) }}{{ ", " if not loop.last }}{% endfor %})
        {% endset %}
        {% do adapter.add_query(sql, abridge_sql_log=true) %}
        {% do statements.append(sql) %}
    {% endfor %}
    {{ return(statements[0] if statements else "") }}
{% endmacro %}


{# A cell as text that Spark reads back as it was: a backslash escapes there. #}
{% macro spark_literal(cell) -%}
    {%- if cell is none -%} null
    {%- else -%} '{{ cell | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
