{#
    Select statement: the reviews of a criterion that judged something. Where the rubric did not apply
    nothing was checked, whatever the reviewer ticked. sampling_share is the probability of the draw, 1
    where none is said.
#}
{% macro applicable_reviews(criterion) -%}
    select
        reviews.*,
        coalesce(nullif(reviews.sampling_probability, 0), 1e0) as sampling_share
    from {{ ref('int_qa_reviews_accepted') }} as reviews
    where
        reviews.criterion = '{{ criterion }}'
        and reviews.passed is not null
        and coalesce(reviews.is_opportunity, true)
{%- endmacro %}


{# What a kind of reviewer (human, auto) said last of a group of reviews. #}
{% macro latest_verdict(reviewer_type, alias='') -%}
    max_by(
            {{ alias }}passed,
            {{ latest_key(alias ~ 'reviewed_at', alias ~ 'source_event_id') }}
        ) filter (where {{ alias }}reviewer_type = '{{ reviewer_type }}')
{%- endmacro %}


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
