-- The journeys of a simulated world by hand, in as few tables as it takes: what the models are held
-- against. It knows its data (one source system, one rule that rows break, no shared identifiers)
-- and keeps the columns that journeys, their outcome by system event and their cost by model need.
-- Statements end with a semicolon at the end of a line; {folder} is where the Parquet files are.
create temp table turns as
with valid as (
    select
        hash(source_event_id) as event_hash, source_event_id, ingested_at, interaction_id,
        turn_number, actor_type, occurred_at, intent_id, is_clarification, is_no_match, sentiment,
        release_id, cost_usd
    from read_parquet('{folder}/turns.parquet')
    where cost_usd is null or cost_usd >= 0
),
repeated as (
    select event_hash from valid group by event_hash having count(*) > 1
)
select * from valid anti join repeated using (event_hash)
union all
select * from valid semi join repeated using (event_hash)
qualify row_number() over (partition by source_event_id order by ingested_at) = 1;

create temp table talked as
select
    interaction_id,
    min(intent_id) as first_intent_id,
    max(intent_id) as last_intent_id,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    count(*) as turns,
    count_if(actor_type = 'customer') as customer_turns,
    count_if(actor_type = 'bot') as bot_turns,
    count_if(actor_type = 'agent') as agent_turns,
    count_if(is_clarification) as clarification_turns,
    count_if(is_no_match) as no_match_turns,
    min_by(release_id, turn_number) filter (where release_id is not null) as release_id,
    avg(sentiment) filter (where actor_type = 'customer') as sentiment,
    sum(cost_usd) as model_cost_usd
from turns
group by interaction_id;

-- Only conversations with several intents pay for the window.
create temp table spoken as
with placed as (
    select
        turns.*,
        coalesce(
            last_value(intent_id ignore nulls) over (
                partition by interaction_id order by turn_number
                rows between unbounded preceding and current row
            ),
            first_value(intent_id ignore nulls) over (
                partition by interaction_id order by turn_number
                rows between unbounded preceding and unbounded following
            )
        ) as contact_intent_id
    from turns
    semi join (from talked where first_intent_id <> last_intent_id) as several
        using (interaction_id)
)
select
    interaction_id, coalesce(first_intent_id, 'no_intent') as intent_id, started_at, ended_at,
    turns, customer_turns, bot_turns, agent_turns, clarification_turns, no_match_turns,
    release_id, sentiment, model_cost_usd
from talked
where first_intent_id is not distinct from last_intent_id
union all
select
    interaction_id, contact_intent_id, min(occurred_at), max(occurred_at), count(*),
    count_if(actor_type = 'customer'), count_if(actor_type = 'bot'),
    count_if(actor_type = 'agent'), count_if(is_clarification), count_if(is_no_match),
    min_by(release_id, turn_number) filter (where release_id is not null),
    avg(sentiment) filter (where actor_type = 'customer'), sum(cost_usd)
from placed
group by interaction_id, contact_intent_id;

create temp table identified as
select interaction_id, lower(id_type) || ':' || id_value as identifier_id
from read_parquet('{folder}/interaction_identifiers.parquet');

create temp table edges as
select first.identifier_id as node_a, second.identifier_id as node_b
from identified as first
inner join identified as second
    on first.interaction_id = second.interaction_id and first.identifier_id < second.identifier_id
union
select id_type_a || ':' || id_value_a, id_type_b || ':' || id_value_b
from read_parquet('{folder}/identity_links.parquet')
union
select identifier_id, identifier_id from identified
union
select id_type || ':' || id_value, id_type || ':' || id_value
from read_parquet('{folder}/downstream_events.parquet');

-- components: connected components of `edges` into `customers` (node, component)
create temp table served as
select
    interactions.interaction_id, interactions.channel, interactions.end_reason,
    interactions.declared_outcome, min(customers.component) as customer_id,
    coalesce(max(segments.answered), 0) + coalesce(max(handoffs.connected), 0) > 0 as has_human
from read_parquet('{folder}/interactions.parquet') as interactions
inner join identified using (interaction_id)
inner join customers on identified.identifier_id = customers.node
left join (
    select interaction_id, count(answered_at) as answered
    from read_parquet('{folder}/agent_segments.parquet') group by interaction_id
) as segments using (interaction_id)
left join (
    select interaction_id, count_if(status = 'connected' and to_type = 'agent') as connected
    from read_parquet('{folder}/handoffs.parquet') group by interaction_id
) as handoffs using (interaction_id)
where not coalesce(interactions.is_test, false)
group by all;

create temp table contacts as
with versions as (
    select
        intent_id, intent_family, confirming_event_type, journey_window_days,
        confirmation_deadline_hours, valid_from,
        coalesce(
            lead(valid_from) over (partition by intent_id order by valid_from), '9999-12-31'
        ) as valid_to
    from read_parquet('{folder}/intent_catalogue.parquet')
)
select
    'demo:' || spoken.interaction_id || '#' || spoken.intent_id as contact_id,
    spoken.*,
    served.customer_id, served.channel, served.end_reason, served.declared_outcome,
    served.has_human,
    coalesce(versions.intent_family, spoken.intent_id) as journey_group,
    versions.confirming_event_type,
    spoken.ended_at + to_days(coalesce(versions.journey_window_days, 7)::int) as window_ends_at,
    spoken.ended_at + to_hours(coalesce(versions.confirmation_deadline_hours, 168)::int)
        as deadline_at
from spoken
inner join served using (interaction_id)
left join versions
    on
        spoken.intent_id = versions.intent_id
        and spoken.started_at >= versions.valid_from
        and spoken.started_at < versions.valid_to
where
    spoken.interaction_id in (from (select interaction_id from talked where customer_turns > 0));

create temp table stitched as
with preceded as (
    select
        contact_id, customer_id, journey_group, started_at,
        max(window_ends_at) over (
            partition by customer_id, journey_group order by started_at, contact_id
            rows between unbounded preceding and 1 preceding
        ) as open_until
    from contacts
),
chained as (
    select
        preceded.*,
        count_if(open_until is null or started_at > open_until) over (
            partition by customer_id, journey_group order by started_at, contact_id
        ) as chain_number
    from preceded
)
select
    contact_id,
    first_value(contact_id) over journey as journey_id,
    row_number() over journey as contact_number
from chained
window journey as (
    partition by customer_id, journey_group, chain_number order by started_at, contact_id
);

create temp table journeys as
select
    stitched.journey_id,
    min(customer_id) as customer_id,
    min_by(intent_id, contact_number) as intent_id,
    min_by(confirming_event_type, contact_number) as confirming_event_type,
    min_by(channel, contact_number) as channel,
    min_by(release_id, contact_number) filter (where release_id is not null) as release_id,
    min(started_at) as started_at,
    max(ended_at) as ended_at,
    max_by(deadline_at, (ended_at, contact_number)) as deadline_at,
    greatest(max(window_ends_at), max(deadline_at)) as matures_at,
    count(*) as contacts,
    sum(turns) as turns,
    sum(bot_turns) as bot_turns,
    bool_or(bot_turns > 0) as is_bot_involved,
    bool_or(has_human or agent_turns > 0) as is_human_involved,
    max_by(declared_outcome, contact_number) as last_declared_outcome,
    sum(model_cost_usd) as model_cost_usd
from contacts
inner join stitched using (contact_id)
group by stitched.journey_id;

create table fused_journeys as
with events as (
    select event_type, intent_id, occurred_at, customers.component as customer_id
    from read_parquet('{folder}/downstream_events.parquet') as events
    inner join customers on events.id_type || ':' || events.id_value = customers.node
),
confirmed as (
    select journeys.journey_id, min(events.occurred_at) as confirmed_at
    from journeys
    inner join events
        on
            journeys.customer_id = events.customer_id
            and journeys.confirming_event_type = events.event_type
            and journeys.started_at <= events.occurred_at
            and journeys.deadline_at >= events.occurred_at
            and (events.intent_id is null or journeys.intent_id = events.intent_id)
    group by journeys.journey_id
)
select
    journeys.*,
    confirmed.confirmed_at,
    is_bot_involved and not is_human_involved and confirmed_at is not null as is_contained
from journeys
left join confirmed using (journey_id)
order by started_at;

create table fused_daily as
select
    cast(started_at as date) as metric_date, intent_id, channel, release_id,
    count(*) as journeys,
    count_if(is_contained) as contained,
    sum(model_cost_usd) as model_cost_usd
from fused_journeys
group by all;
