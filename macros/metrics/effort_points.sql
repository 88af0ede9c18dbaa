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


{# The points of all components together. #}
{% macro effort_total(points) -%}
    {%- for component in effort_components() -%}
    {{ points }}.{{ component }}_points{{ " + " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
