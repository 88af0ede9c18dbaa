{#
    The one shape of a metric: a row per unit, no key or dimension missing, a finite numerator and
    denominator, and a weight of zero or more.
#}
{% test metric_shape(model) %}
    select *
    from (
        select
            metric.*,
            count(*) over (partition by unit_id) as rows_of_unit
        from {{ model }} as metric
    ) as units
    where
        rows_of_unit > 1
        or unit_id is null
        or metric_date is null
        or is_mature is null
        or has_evidence is null
        {%- for dimension in metric_dimension_names() %}
        or {{ dimension }} is null
        {%- endfor %}
        or numerator is null
        or denominator is null
        or weight is null
        or weight < 0
{% endtest %}
