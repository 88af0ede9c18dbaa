with journeys as (
    {{ declared_journeys() }}
)

-- A journey that is perhaps resolved is part of a unit. Where it is likelier than thought, one that
-- was declared so adds to both sides, which changes little, and one that was not to one of them.
select
    'resolution_recall' as metric_id,
    {{ journey_dimensions() }},
    is_actually_resolved is not null as has_evidence,
    case
        when is_actually_resolved is not null and last_declared_outcome = 'resolved' then 1.0
        else 0.0
    end as numerator,
    1.0 as denominator,
    truth_weight * resolved_probability as weight,
    case
        when last_declared_outcome = 'resolved' then 0e0
        else coalesce(resolved_probability_up / nullif(resolved_probability, 0), 0e0)
    end as numerator_down,
    case
        when last_declared_outcome = 'resolved' then 0e0
        else coalesce(resolved_probability_down / nullif(resolved_probability, 0), 0e0)
    end as numerator_up
from journeys
where is_actually_resolved is null or resolved_probability > 0
