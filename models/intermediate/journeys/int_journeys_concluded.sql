{{ incremental_by('customer_id', 'int_customers_aged') }}

with journeys as (
    select *
    from {{ ref('int_journeys_stitched') }}
    where {{ only_affected('customer_id') }}
),

evidence as (
    select *
    from {{ ref('int_journeys_evidenced') }}
    where {{ only_affected('customer_id') }}
),

clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

proven as (
    select
        evidence.journey_id,
        evidence.customer_id,
        evidence.is_actually_resolved,
        evidence.evidence_grade,
        coalesce(evidence.is_actually_resolved, false) as is_proven_resolved,
        journeys.closing_declared_outcome,
        journeys.is_forced_termination,
        journeys.is_left_with_human,
        journeys.is_left_by_customer,
        journeys.has_frustration_signals,
        journeys.is_human_involved,
        journeys.has_ai_contribution,
        clock.data_clock_at >= journeys.matures_at as is_mature
    from journeys
    cross join clock
    inner join evidence on journeys.journey_id = evidence.journey_id
),

-- The first rule that holds decides. A customer who leaves in anger is a failure even where the
-- event that should confirm success arrives.
concluded as (
    select
        proven.*,
        case
            when not is_mature then 'open'
            when is_forced_termination then 'forced_termination'
            when is_left_with_human and not is_proven_resolved then 'escalated'
            when is_left_by_customer and (has_frustration_signals or not is_proven_resolved)
                then 'abandoned'
            when is_proven_resolved then 'resolved'
            when is_actually_resolved is null and closing_declared_outcome = 'resolved'
                then 'resolved'
            else 'ambiguous'
        end as outcome
    from proven
)

select
    journey_id,
    customer_id,
    is_mature,
    outcome,
    case
        when not is_human_involved then 'automation'
        when has_ai_contribution then 'assisted'
        else 'human_only'
    end as handling_path,
    outcome = 'abandoned' and has_frustration_signals as is_rage_quit,
    outcome = 'resolved' and evidence_grade <> 'silence' as is_confirmed_resolution
from concluded
