-- Additive counts: everything that input_drift says comes from these few rows, whatever the number
-- of conversations. Numbers are rounded to a grid far finer than the ten bins they end in.
with contacts as (
    select
        contact_id,
        {{ week_of('started_at') }} as week_starts_on,
        channel,
        release_id,
        intent_id,
        cast(turns as double) as contact_length,
        {{ rounded('mean_customer_sentiment', 2) }} as customer_sentiment,
        {{ risk_weight() }} as risk_weight
    from {{ ref('fct_contacts') }}
),

first_contacts as (
    select
        interaction_id,
        {{ week_of('contact_started_on') }} as week_starts_on,
        channel,
        release_id,
        {{ risk_weight() }} as risk_weight
    from {{ ref('int_contacts_dimensioned') }}
    where is_first_in_interaction
),

message_lengths as (
    select
        interaction_id,
        {{ log_bin('avg(length(text_redacted))') }} as message_length_bin
    from {{ ref('int_turns_accepted') }}
    where actor_type = 'customer' and length(text_redacted) > 0
    group by interaction_id
),

attempts as (
    select
        {{ week_of('predicted_on') }} as week_starts_on,
        channel,
        release_id,
        coalesce(predicted_intent_id, 'out_of_scope') as predicted_intent_id,
        {{ rounded('confidence', 2) }} as confidence,
        {{ risk_weight() }} as risk_weight
    from {{ ref('int_intent_first_attempts') }}
),

measured as (
    {%- for monitor in ['contact_length', 'customer_sentiment'] %}
    select
        '{{ monitor }}' as monitor,
        week_starts_on,
        channel,
        release_id,
        {{ monitor }} as value,
        cast(null as string) as category,
        risk_weight
    from contacts
    where {{ monitor }} is not null
    union all
    {%- endfor %}
    {%- for monitor, category in {'intent_mix': 'intent_id', 'channel_mix': 'channel'}.items() %}
    select
        '{{ monitor }}' as monitor,
        week_starts_on,
        channel,
        release_id,
        cast(null as double) as value,
        {{ category }} as category,
        risk_weight
    from contacts
    union all
    {%- endfor %}
    select
        'message_length' as monitor,
        first_contacts.week_starts_on,
        first_contacts.channel,
        first_contacts.release_id,
        {{ log_bin_value('message_lengths.message_length_bin') }} as value,
        cast(null as string) as category,
        first_contacts.risk_weight
    from message_lengths
    inner join first_contacts on message_lengths.interaction_id = first_contacts.interaction_id
    union all
    select
        'recognition_confidence' as monitor,
        week_starts_on,
        channel,
        release_id,
        confidence as value,
        cast(null as string) as category,
        risk_weight
    from attempts
    where confidence is not null
    union all
    select
        'predicted_intent_mix' as monitor,
        week_starts_on,
        channel,
        release_id,
        cast(null as double) as value,
        predicted_intent_id as category,
        risk_weight
    from attempts
)

select
    monitor,
    week_starts_on,
    channel,
    release_id,
    value,
    category,
    count(*) as n,
    sum(risk_weight) as risk_weight
from measured
group by monitor, week_starts_on, channel, release_id, value, category
