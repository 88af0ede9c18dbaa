-- The reply to an opportunity is the next turn of a bot or an agent.
with opportunity_interactions as (
    select distinct interaction_id
    from {{ ref('int_turns_accepted') }}
    where actor_type = 'customer' and requires_empathy
),

turns as (
    select
        turns.*,
        min(case when turns.actor_type in ('bot', 'agent') then turns.turn_number end) over (
            partition by turns.interaction_id
            order by turns.turn_number asc
            rows between 1 following and unbounded following
        ) as reply_turn_number
    from {{ ref('int_turns_accepted') }} as turns
    inner join opportunity_interactions
        on turns.interaction_id = opportunity_interactions.interaction_id
),

reviews as (
    {{ applicable_reviews('empathy') }}
),

reviewers as (
    select
        source_system,
        count(distinct reviewer_type) as reviewer_types
    from reviews
    group by source_system
),

-- A person's word comes before a judge's; what was reviewed stands for what both draw.
reviewed as (
    select
        reviews.interaction_id,
        reviews.turn_number,
        {{ review_weight(
            "max(case when reviews.reviewer_type = 'human' then reviews.sampling_share end)",
            "max(case when reviews.reviewer_type = 'auto' then reviews.sampling_share end)",
            'max(reviewers.reviewer_types)'
        ) | indent(8) }} as review_weight,
        coalesce(
            {{ latest_verdict('human', 'reviews.') | indent(4) }},
            {{ latest_verdict('auto', 'reviews.') | indent(4) }}
        ) as passed
    from reviews
    inner join reviewers on reviews.source_system = reviewers.source_system
    group by reviews.interaction_id, reviews.turn_number
),

-- A score of the reply itself comes first, then a review of the reply, then of the interaction.
scored as (
    select
        opportunities.interaction_id,
        opportunities.turn_number,
        opportunities.occurred_at,
        replies.actor_type as reply_actor_type,
        coalesce(replies.empathy_met, turn_reviews.passed, interaction_reviews.passed)
            as is_empathy_met,
        case
            when replies.empathy_met is not null then 1e0
            when turn_reviews.passed is not null then turn_reviews.review_weight
            when interaction_reviews.passed is not null then interaction_reviews.review_weight
        end as evidence_weight
    from turns as opportunities
    left join turns as replies
        on
            opportunities.interaction_id = replies.interaction_id
            and opportunities.reply_turn_number = replies.turn_number
    left join reviewed as turn_reviews
        on
            replies.interaction_id = turn_reviews.interaction_id
            and replies.turn_number = turn_reviews.turn_number
    left join reviewed as interaction_reviews
        on
            replies.interaction_id = interaction_reviews.interaction_id
            and interaction_reviews.turn_number is null
    where opportunities.actor_type = 'customer' and opportunities.requires_empathy
)

select
    scored.interaction_id || '#' || cast(scored.turn_number as string) as turn_id,
    cast(scored.occurred_at as date) as turn_on,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    contacts.release_id,
    scored.reply_actor_type,
    scored.is_empathy_met,
    scored.evidence_weight
from scored
inner join {{ ref('int_turns_attributed') }} as attributed
    on
        scored.interaction_id = attributed.interaction_id
        and scored.turn_number = attributed.turn_number
inner join {{ ref('int_contacts_dimensioned') }} as contacts
    on
        attributed.interaction_id = contacts.interaction_id
        and attributed.intent_id = contacts.intent_id
