-- What the guardrail log and the reviews of the criterion safety found, given to the contact of the
-- turn that they name, or to every contact of the interaction where they name none.
with contacts as (
    select
        contact_id,
        journey_id,
        interaction_id,
        intent_id
    from {{ ref('int_contacts_dimensioned') }}
),

reviews as (
    {{ applicable_reviews('safety') }}
),

findings as (
    select
        interaction_id,
        turn_number,
        kind = 'violation' and coalesce(was_delivered, not was_blocked, true) as is_violation,
        kind <> 'violation' or not coalesce(was_delivered, not was_blocked, true)
            as is_near_miss,
        cast(null as string) as reviewer_type,
        cast(null as boolean) as passed,
        cast(null as double) as sampling_share,
        source_system
    from {{ ref('int_guardrail_events_accepted') }}
    union all
    select
        interaction_id,
        turn_number,
        false as is_violation,
        false as is_near_miss,
        reviewer_type,
        passed,
        sampling_share,
        source_system
    from reviews
),

-- Each kind of reviewer draws its own sample of the same journeys.
reviewers as (
    select
        source_system,
        count(distinct reviewer_type) as reviewer_types
    from findings
    where reviewer_type is not null
    group by source_system
),

found as (
    select
        contacts.journey_id,
        findings.source_system,
        count_if(findings.is_violation) as violations,
        count_if(findings.is_near_miss) as near_misses,
        count_if(findings.reviewer_type is not null) as reviews,
        count_if(coalesce(not findings.passed, false)) as failed_reviews,
        max(findings.sampling_share) filter (where findings.reviewer_type = 'human')
            as human_probability,
        max(findings.sampling_share) filter (where findings.reviewer_type = 'auto')
            as auto_probability
    from findings
    left join {{ ref('int_turns_attributed') }} as turns
        on
            findings.interaction_id = turns.interaction_id
            and findings.turn_number = turns.turn_number
    inner join contacts
        on
            findings.interaction_id = contacts.interaction_id
            and coalesce(turns.intent_id, contacts.intent_id) = contacts.intent_id
    group by contacts.journey_id, findings.source_system
)

select
    found.journey_id,
    cast(sum(found.violations) as bigint) as violations,
    cast(sum(found.near_misses) as bigint) as near_misses,
    cast(sum(found.reviews) as bigint) as reviews,
    cast(sum(found.failed_reviews) as bigint) as failed_reviews,
    cast(max(
        {{ review_weight(
            'found.human_probability', 'found.auto_probability', 'reviewers.reviewer_types'
        ) | indent(8) }}
    ) as double) as review_weight
from found
left join reviewers on found.source_system = reviewers.source_system
group by found.journey_id
