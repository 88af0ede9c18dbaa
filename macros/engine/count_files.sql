{# How many files a path, folder or glob holds; none where the engine cannot tell beforehand. #}
{% macro count_files(path) %}
    {% do return(adapter.dispatch("count_files", "ai_cx_metrics")(path)) %}
{% endmacro %}


{% macro default__count_files(path) %}
    {% do return(none) %}
{% endmacro %}


{% macro duckdb__count_files(path) %}
    {% set text = path | replace("'", "''") %}
    {% set counted = run_query(
        "select count(*) from (select file from glob('" ~ text ~ "')"
        ~ " union select file from glob('" ~ text ~ "/**')) as files"
    ) %}
    {% do return(counted.columns[0].values()[0] | int) %}
{% endmacro %}
