-- Per intent the bot's conversations that most likely went wrong unnoticed, for people to read.
with failures as (
    select
        failures.*,
        {% for cause in silent_failure_causes() -%}
        case when failures.has_{{ cause }} then 1 else 0 end{{ " + " if not loop.last }}
        {%- endfor %} as causes_found,
        concat_ws(
            ', '
            {%- for cause in silent_failure_causes() %},
            case when failures.has_{{ cause }} then '{{ cause | replace("_", " ") }}' end
            {%- endfor %}
        ) as causes
    from {{ ref('int_journeys_silently_failed') }} as failures
    where
        failures.is_silent_failure
        and failures.is_mature
        and {{ is_watched_success('failures') }}
),

ranked as (
    select
        failures.*,
        row_number() over (
            partition by intent_id
            order by
                causes_found desc,
                value_usd desc nulls last,
                declared_at desc,
                journey_id asc
        ) as review_rank
    from failures
)

select
    ranked.journey_id,
    ranked.declaring_interaction_id as interaction_id,
    ranked.intent_id,
    watch.signal,
    watch.watch_rank,
    cast(ranked.review_rank as bigint) as review_rank,
    ranked.causes,
    ranked.value_usd,
    ranked.channel,
    ranked.release_id,
    ranked.declared_at
from ranked
inner join {{ ref('silent_failure_watch') }} as watch on ranked.intent_id = watch.intent_id
where ranked.review_rank <= {{ var('cx_review_list_size') }}
