{#
    How many units a reviewed one stands for. People and a judge each draw a sample of the same units
    with a probability that is known where they drew, so each estimates the whole by its inverse; of
    both estimates this is the mean. A unit that both drew counts in both.
#}
{% macro review_weight(human_probability, auto_probability, reviewer_types) -%}
    (coalesce(1 / {{ human_probability }}, 0) + coalesce(1 / {{ auto_probability }}, 0))
    / coalesce({{ reviewer_types }}, 1)
{%- endmacro %}


{#
    Journeys with a declared outcome, and for how many of them their truth speaks (truth_weight): 1
    where an event or the customer tells it, 0 where nobody does.
#}
{% macro declared_journeys() -%}
    select
        journeys.*,
        case
            when journeys.is_actually_resolved is null then 0e0
            else coalesce(reviews.review_weight, 1e0)
        end as truth_weight
    from {{ ref('fct_journeys') }} as journeys
    left join {{ ref('int_journeys_reviewed') }} as reviews
        on journeys.journey_id = reviews.journey_id
    where journeys.last_declared_outcome is not null
{%- endmacro %}
