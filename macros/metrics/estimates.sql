{#
    Ids of the published metrics of one kind, by the registry. Empty while dbt parses, and before
    the registry is seeded.
#}
{% macro metrics_of_kind(kind) %}
    {% set registry = ref("metric_registry") %}
    {% set ids = [] %}
    {% if execute and load_relation(registry) is not none %}
        {% set rows = run_query(
            "select metric_id from " ~ registry ~ " where kind = '" ~ kind ~ "' order by metric_id"
        ).rows %}
        {% for row in rows if row["metric_id"] in var("cx_metrics") %}
            {% do ids.append(row["metric_id"]) %}
        {% endfor %}
    {% endif %}
    {% do return(ids) %}
{% endmacro %}


{# The periods of metric_estimates and the day on which the period of a metric_date starts. #}
{% macro metric_periods() %}
    {% do return({
        "all": "cast('1900-01-01' as date)",
        "month": "cast(date_trunc('month', metric_date) as date)",
        "week": "cast(date_trunc('week', metric_date) as date)",
        "day": "metric_date",
    }) %}
{% endmacro %}


{# Rows of a relation of slices by day, once per period. #}
{% macro slices_by_period(relation) -%}
    {%- for period, starts_on in metric_periods().items() %}
    select
        {{ relation }}.*,
        '{{ period }}' as period,
        {{ starts_on }} as period_starts_on
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}


{# Columns by which an estimate is joined. #}
{% macro estimate_key() %}
    {% do return(["metric_id", "period", "period_starts_on", "slice_dimension", "slice_value"]) %}
{% endmacro %}
