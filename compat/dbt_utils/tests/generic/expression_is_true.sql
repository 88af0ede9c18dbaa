{# Fails for each row for which the expression is false; on a column, the expression follows it. #}
{% test expression_is_true(model, expression, column_name=none) %}
select {{ "*" if should_store_failures() else "1" }}
from {{ model }}
where not ({{ column_name ~ " " if column_name is not none }}{{ expression }})
{% endtest %}
