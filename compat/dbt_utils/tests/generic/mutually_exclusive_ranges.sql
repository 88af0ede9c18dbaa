{#
    Fails for each row whose range is empty, lacks a bound, or overlaps the next range of its
    partition. gaps: allowed | not_allowed | required.
#}
{% test mutually_exclusive_ranges(
    model, lower_bound_column, upper_bound_column, partition_by=none, gaps='allowed',
    zero_length_range_allowed=false
) %}
{%- set operators = {"allowed": "<=", "not_allowed": "=", "required": "<"} -%}
{%- if gaps not in operators -%}
    {{ exceptions.raise_compiler_error(
        "mutually_exclusive_ranges: gaps must be allowed, not_allowed or required, not " ~ gaps
    ) }}
{%- endif %}
{%- set partition_clause = "partition by " ~ partition_by if partition_by else "" %}
with ranged as (
    select
        {%- if partition_by %}
        {{ partition_by }} as partition_by_col,
        {%- endif %}
        {{ lower_bound_column }} as lower_bound,
        {{ upper_bound_column }} as upper_bound,
        lead({{ lower_bound_column }}) over (
            {{ partition_clause }} order by {{ lower_bound_column }}, {{ upper_bound_column }}
        ) as next_lower_bound,
        row_number() over (
            {{ partition_clause }}
            order by {{ lower_bound_column }} desc, {{ upper_bound_column }} desc
        ) = 1 as is_last
    from {{ model }}
)

select *
from ranged
where
    not coalesce(lower_bound {{ "<=" if zero_length_range_allowed else "<" }} upper_bound, false)
    or not coalesce(upper_bound {{ operators[gaps] }} next_lower_bound, is_last, false)
{% endtest %}
