{#
    Stops the build where a system's staging model lacks a column of the input contract or gives it
    another type, with a sentence that names system, table, column and remedy. A column too many is
    left alone. Before the staging model is built there is nothing to look at.
#}
{% macro assert_delivered_columns(system, table) %}
    {% if not execute %}
        {% do return("") %}
    {% endif %}
    {% set model = "stg_" ~ system ~ "__" ~ table %}
    {% set delivered = {} %}
    {% for column in adapter.get_columns_in_relation(ref(model)) %}
        {% do delivered.update({column.name | lower: column.dtype | lower}) %}
    {% endfor %}
    {% set columns = canonical_common_columns() + canonical_tables()[table]["columns"] %}
    {% set problems = delivered_columns_problems(system, table, columns, delivered) %}
    {% if delivered and problems %}
        {% do exceptions.raise_compiler_error(problems | join("\n")) %}
    {% endif %}
{% endmacro %}


{# What is wrong with the columns {name: type} that a system delivers, as a list of sentences. #}
{% macro delivered_columns_problems(system, table, columns, delivered) %}
    {% set problems = [] %}
    {% for column in columns %}
        {% set name, type = column[0], column[1] %}
        {% set where = "System " ~ system ~ ", table " ~ table ~ ", column " ~ name ~ ": " %}
        {% set model = "stg_" ~ system ~ "__" ~ table %}
        {% if name not in delivered %}
            {% do problems.append(where ~ "it is missing from " ~ model ~ ". Add it there, as "
                ~ "cast(null as " ~ type ~ ") as " ~ name ~ " where the source has none.") %}
        {% elif delivered[name].split("(")[0] not in accepted_types()[type] %}
            {% do problems.append(where ~ model ~ " gives " ~ delivered[name] ~ ", the input contract "
                ~ "wants " ~ type ~ ". Cast it there: try_cast('" ~ name ~ "', '" ~ type ~ "'), with "
                ~ "cast_errors() for the values that cannot be read.") %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# Types of either engine that a type of the contract takes without loss. #}
{% macro accepted_types() %}
    {% set int_types = ["tinyint", "smallint", "integer", "int"] %}
    {% set long_types = int_types + ["bigint", "long"] %}
    {% do return({
        "string": ["varchar", "string", "text"],
        "int": long_types,
        "bigint": long_types + ["hugeint"],
        "double": long_types + ["double", "float", "real", "decimal"],
        "boolean": ["boolean"],
        "timestamp": ["timestamp", "timestamp_ntz", "date"],
        "date": ["date"],
    }) %}
{% endmacro %}
