-- Where do the headline metrics stand, over all mature weeks?
-- Answer on the demo: containment is 31 %, where 40 % were wanted, and 13 % of the handoffs to a
-- human went well.
select
    metric_id,
    round(value, 3) as value,
    round(lower_95, 3) as lower_95,
    round(upper_95, 3) as upper_95,
    n,
    rating
from {{ ref('scorecard') }}
where
    slice_dimension = 'overall'
    and period = 'all'
    and tier = 'headline'
order by category, metric_id
