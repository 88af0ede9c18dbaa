{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

select
    interaction_id,
    coalesce(min(intent_id), 'no_intent') as intent_id,
    coalesce(min(intent_id) <> max(intent_id), false) as has_several_intents
from {{ ref('int_turns_accepted') }}
where {{ only_affected('interaction_id') }}
group by interaction_id
