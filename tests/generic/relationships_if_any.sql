{# Relationships to a table of an optional input, which a company may lack: then it has no row. #}
{% test relationships_if_any(model, column_name, to, field) %}
    with child as (
        select {{ column_name }} as from_field
        from {{ model }}
        where {{ column_name }} is not null
    ),

    parent as (
        select {{ field }} as to_field
        from {{ to }}
    )

    select child.from_field
    from child
    left join parent on child.from_field = parent.to_field
    where parent.to_field is null and (select count(*) from parent) > 0
{% endtest %}
