{# Fails for each combination of the columns' values that occurs more than once. #}
{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}
{%- set columns = combination_of_columns -%}
{%- if quote_columns -%}
    {%- set columns = [] -%}
    {%- for column in combination_of_columns -%}
        {%- do columns.append(adapter.quote(column)) -%}
    {%- endfor -%}
{%- endif %}
select {{ columns | join(", ") }}
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}
