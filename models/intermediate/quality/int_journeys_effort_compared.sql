-- Effort comes in a few values, so that which of them is the median is often a close call: a median
-- of n journeys is known up to z / (2 sqrt(n)) of their ranks. Any value within may be the one, of
-- the turns from which extra ones are counted and of the effort itself.
{% set tolerance = z_95() ~ ' / (2 * sqrt(journeys))' -%}
with efforts as (
    -- The change of channel was asked for, and a recontact fails by itself: the rest is compared.
    select
        effort.journey_id,
        journeys.intent_id,
        journeys.is_mature,
        cast(journeys.customer_turns as double) as customer_turns,
        effort.effort_score
        - effort.channel_switches_points
        - effort.recontacts_points as effort_points,
        effort.clarifications_points
        + effort.repeats_points
        + effort.reauthentications_points as trouble_points
    from {{ ref('int_journeys_effort') }} as effort
    inner join {{ ref('fct_journeys') }} as journeys on effort.journey_id = journeys.journey_id
),

medians as (
    select
        intent_id,
        percentile_cont(0.5) within group (order by effort_points) as median_effort_points
    from efforts
    where is_mature
    group by intent_id
),

turn_counts as (
    select
        intent_id,
        customer_turns,
        count(*) as journeys
    from efforts
    where is_mature
    group by intent_id, customer_turns
),

turn_shares as (
    select
        intent_id,
        customer_turns,
        journeys as journeys_at,
        cast(sum(journeys) over (partition by intent_id) as double) as journeys,
        sum(journeys) over (
            partition by intent_id
            order by customer_turns asc
            rows between unbounded preceding and current row
        ) as journeys_at_most
    from turn_counts
),

possible_medians as (
    select
        intent_id,
        customer_turns as median_customer_turns,
        {{ tolerance }} as tolerance
    from turn_shares
    where
        (journeys_at_most - journeys_at) / journeys < 0.5e0 + {{ tolerance }}
        and journeys_at_most / journeys > 0.5e0 - {{ tolerance }}
),

counted as (
    select
        efforts.journey_id,
        efforts.intent_id,
        efforts.is_mature,
        efforts.trouble_points,
        possible_medians.median_customer_turns,
        possible_medians.tolerance,
        greatest(efforts.customer_turns - possible_medians.median_customer_turns, 0) as extra_turns
    from efforts
    inner join possible_medians on efforts.intent_id = possible_medians.intent_id
),

weights as (
    {{- effort_component_weights() | indent(4) }}
),

scored as (
    select
        counted.*,
        round(
            counted.trouble_points + {{ effort_points('extra_turns', 'counted', 'weights') }}, 9
        ) as effort_points
    from counted
    cross join weights
),

effort_counts as (
    select
        intent_id,
        median_customer_turns,
        effort_points,
        count_if(is_mature) as journeys
    from scored
    group by intent_id, median_customer_turns, effort_points
),

-- A journey has at most the median where less than half of all have less.
effort_shares as (
    select
        intent_id,
        median_customer_turns,
        effort_points,
        (
            sum(journeys) over (
                partition by intent_id, median_customer_turns
                order by effort_points asc
                rows between unbounded preceding and current row
            ) - journeys
        ) / cast(
            sum(journeys) over (partition by intent_id, median_customer_turns) as double
        ) as share_below
    from effort_counts
),

possible as (
    select
        scored.journey_id,
        bool_and(effort_shares.share_below < 0.5e0 - scored.tolerance) as is_below_lowest,
        bool_or(effort_shares.share_below < 0.5e0 + scored.tolerance) as is_below_highest
    from scored
    inner join effort_shares
        on
            scored.intent_id = effort_shares.intent_id
            and scored.median_customer_turns = effort_shares.median_customer_turns
            and scored.effort_points = effort_shares.effort_points
    group by scored.journey_id
)

select
    efforts.journey_id,
    efforts.intent_id,
    efforts.effort_points,
    medians.median_effort_points,
    efforts.effort_points <= medians.median_effort_points as is_effort_at_most_median,
    possible.is_below_lowest
    and efforts.effort_points <= medians.median_effort_points as is_effort_at_most_lowest_median,
    possible.is_below_highest
    or efforts.effort_points <= medians.median_effort_points as is_effort_at_most_highest_median
from efforts
left join medians on efforts.intent_id = medians.intent_id
left join possible on efforts.journey_id = possible.journey_id
