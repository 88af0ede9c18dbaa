{# The components of the effort score, as named in the seed effort_weights. #}
{% macro effort_components() %}
    {% do return([
        "extra_turns", "clarifications", "repeats", "channel_switches", "reauthentications",
        "recontacts"
    ]) %}
{% endmacro %}


{#
    Points (of 100) that a count gives: its component's weight, in proportion to the count and in
    full from the count at which it saturates. A component without a weight gives none.
    Over: a relation of the counts and one of <component>_weight, <component>_saturates_at,
    total_weight.
#}
{% macro effort_points(component, counts, weights) -%}
    cast(coalesce(
        100 * {{ weights }}.{{ component }}_weight / nullif({{ weights }}.total_weight, 0)
        * least(
            {{ counts }}.{{ component }} / nullif({{ weights }}.{{ component }}_saturates_at, 0), 1
        ),
        0
    ) as double)
{%- endmacro %}


{# Select statement: one row with <component>_weight and _saturates_at of each, and total_weight. #}
{% macro effort_component_weights() %}
    select
        {%- for component in effort_components() %}
        {%- for part in ["weight", "saturates_at"] %}
        max(case when component = '{{ component }}' then cast({{ part }} as double) end)
            as {{ component }}_{{ part }},
        {%- endfor %}
        {%- endfor %}
        cast(sum(weight) as double) as total_weight
    from {{ ref("effort_weights") }}
{%- endmacro %}


{# The points of all components together. #}
{% macro effort_total(points) -%}
    {%- for component in effort_components() -%}
    {{ points }}.{{ component }}_points{{ " + " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
