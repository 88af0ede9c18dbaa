-- How long does a customer wait for the bot's reply, by release and channel? The bins of
-- metric_daily_bins add up over any dimensions, and quantiles are read from the sums, within 1 %.
-- Answer on the demo: half of the replies come within 0.8 s and 95 % within 1.6 to 2.1 s, whatever
-- the release or channel: the degraded release answered wrongly, not slowly.
with bins as (
    select
        release_id,
        channel,
        bin,
        observed_n
    from {{ ref('metric_daily_bins') }}
    where metric_id = 'bot_latency_p95' and release_id <> 'none'
)

{{ log_bin_quantiles(
    'bins', ['release_id', 'channel'], {'median_ms': 0.5, 'p95_ms': 0.95}, count='observed_n'
) }}
order by release_id, channel
