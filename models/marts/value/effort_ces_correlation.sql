{% set dimensions = ['overall', 'channel', 'handling_path'] -%}
with answers as (
    select
        interaction_id,
        max_by(
            (score - scale_min) / nullif(scale_max - scale_min, 0),
            {{ latest_key('responded_at', 'source_event_id') }}
        ) as ease
    from {{ ref('int_surveys_accepted') }}
    where
        instrument = 'ces'
        and responded_at is not null
        and score between scale_min and scale_max
    group by interaction_id
),

-- An interaction about several intents takes part in several journeys: their mean.
scored as (
    select
        contacts.interaction_id,
        avg(efforts.effort_score) as effort_score
    from {{ ref('int_contacts_dimensioned') }} as contacts
    inner join {{ ref('int_journeys_effort') }} as efforts
        on contacts.journey_id = efforts.journey_id
    group by contacts.interaction_id
),

paired as (
    select
        contacts.channel,
        contacts.interaction_handling_path as handling_path,
        scored.effort_score,
        100 * {{ '(1 - answers.ease)' if var('cx_ces_high_means') == 'easy' else 'answers.ease' }}
            as reported_effort
    from answers
    inner join scored on answers.interaction_id = scored.interaction_id
    inner join {{ ref('int_contacts_dimensioned') }} as contacts
        on answers.interaction_id = contacts.interaction_id
    where contacts.is_first_in_interaction
),

sliced as (
    {%- for dimension in dimensions %}
    select
        '{{ dimension }}' as slice_dimension,
        {{ "'all'" if dimension == 'overall' else dimension }} as slice_value,
        effort_score,
        reported_effort
    from paired
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

correlated as (
    select
        slice_dimension,
        slice_value,
        count(*) as n,
        avg(effort_score) as mean_effort_score,
        avg(reported_effort) as mean_reported_effort,
        {{ correlation('effort_score', 'reported_effort') }} as correlation
    from sliced
    group by slice_dimension, slice_value
)

select
    slice_dimension,
    slice_value,
    cast(n as bigint) as n,
    cast(mean_effort_score as double) as mean_effort_score,
    cast(mean_reported_effort as double) as mean_reported_effort,
    cast(correlation as double) as correlation,
    cast({{ correlation_lower('correlation', 'n') }} as double) as lower_95,
    cast({{ correlation_upper('correlation', 'n') }} as double) as upper_95,
    case
        when correlation is null or n <= 3 then 'not_computable'
        when n < {{ var('cx_min_n') }} then 'degraded'
        else 'ok'
    end as status
from correlated
