{%- set joins = {
    'journey': ['fct_journeys', 'journey_id', 'started_at'],
    'interaction': ['fct_interactions', 'interaction_id', 'started_at'],
} -%}
-- Who was treated how, by the segment that the customer was in at that moment. Segments without a
-- lawful basis are left out here, so that nothing further down can show them.
with measured as (
    {%- for metric_id, metric in fairness_metrics().items() if metric['event'] in joins %}
    {%- set relation, key, event_at = joins[metric['event']] %}
    select
        '{{ metric_id }}' as metric_id,
        units.unit_id,
        units.customer_id,
        units.intent_id,
        events.{{ event_at }} as occurred_at,
        cast(units.numerator / units.denominator - {{ metric['floor'] }} as double) as value,
        cast(units.weight as double) as weight
    from {{ ref('metric_' ~ metric_id) }} as units
    inner join {{ ref(relation) }} as events on units.unit_id = events.{{ key }}
    where units.is_mature and units.weight > 0
    union all
    {%- endfor %}
    -- A wait in multiples of its target is comparable from channel to channel. Who leaves before an
    -- answer has waited at least so long.
    select
        'agent_wait' as metric_id,
        waits.contact_id as unit_id,
        contacts.customer_id,
        contacts.intent_id,
        waits.offered_at as occurred_at,
        cast(waits.business_wait_seconds / nullif(waits.target_seconds, 0) as double) as value,
        1e0 as weight
    from {{ ref('int_agent_queue_waits') }} as waits
    inner join {{ ref('int_contacts_dimensioned') }} as contacts
        on waits.contact_id = contacts.contact_id
    where
        coalesce(waits.answered_at, waits.left_at) is not null
        and waits.target_seconds > 0
        {%- if var('cx_short_abandons') == 'excluded' %}
        and not waits.is_short_abandon
        {%- endif %}
),

segments as (
    select
        customer_id,
        segment_type,
        segment,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as timestamp)) as valid_to
    from {{ ref('int_segments_versioned') }}
    where trim(lawful_basis) <> ''
)

select
    measured.metric_id,
    segments.segment_type,
    segments.segment,
    measured.unit_id,
    measured.customer_id,
    measured.intent_id,
    cast(date_trunc('week', measured.occurred_at) as date) as week_starts_on,
    measured.value,
    measured.weight
from measured
inner join segments
    on
        measured.customer_id = segments.customer_id
        and measured.occurred_at >= segments.valid_from
        and measured.occurred_at < segments.valid_to
