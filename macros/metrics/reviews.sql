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
    Journeys with a declared outcome, how likely each was resolved by all that is known, and for how
    many journeys it speaks: 1 where an event or the customer tells, 0 where nobody does.
#}
{% macro declared_journeys() -%}
    select
        journeys.*,
        case
            when journeys.is_actually_resolved is null then 0e0
            else coalesce(reviews.review_weight, 1e0)
        end as truth_weight,
        coalesce(
            reviews.resolved_probability,
            case when journeys.is_actually_resolved then 1e0 else 0e0 end
        ) as resolved_probability,
        coalesce(reviews.resolved_probability_down, 0e0) as resolved_probability_down,
        coalesce(reviews.resolved_probability_up, 0e0) as resolved_probability_up
    from {{ ref('fct_journeys') }} as journeys
    left join {{ ref('int_journeys_reviewed') }} as reviews
        on journeys.journey_id = reviews.journey_id
    where journeys.last_declared_outcome is not null
{%- endmacro %}
