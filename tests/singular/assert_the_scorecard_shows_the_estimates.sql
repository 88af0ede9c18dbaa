-- All weeks, by no filter or one, are the same numbers as metric_estimates gives for all time, and
-- none where it gives none.
-- Which segments are withheld may differ: the scorecard combines filters and has more to withhold.
select scorecard.*
from {{ ref('scorecard') }} as scorecard
inner join {{ ref('metric_estimates') }} as estimates
    on
        scorecard.metric_id = estimates.metric_id
        and scorecard.slice_dimension = estimates.slice_dimension
        and estimates.slice_value = case scorecard.slice_dimension
            when 'intent_id' then scorecard.intent_id
            when 'channel' then scorecard.channel
            when 'customer_segment' then scorecard.customer_segment
            else 'all'
        end
where
    scorecard.period = 'all'
    and estimates.period = 'all'
    and not scorecard.is_suppressed
    and (
        (scorecard.value is null) <> (estimates.value is null)
        or abs(scorecard.value - estimates.value) > 1e-9 * abs(estimates.value)
        or abs(scorecard.lower_95 - estimates.lower_95) > 1e-6 * abs(estimates.value)
        or abs(scorecard.upper_95 - estimates.upper_95) > 1e-6 * abs(estimates.upper_95)
        or scorecard.n <> estimates.n
    )
