-- The most specific target wins, whatever its date: of risk tier and channel, risk tier and class
-- of channels, risk tier, channel, class, none. Of equally specific ones the latest that holds
-- wins.
with targets as (
    select
        metric_id,
        coalesce(risk_tier, 'all') as risk_tier,
        coalesce(channel, 'all') as channel,
        cast(valid_from as date) as valid_from,
        cast(target as double) as target
    from {{ ref('metric_targets') }}
),

channels as (
    select
        'all' as channel,
        'all' as channel_class
    {%- for channel in var('cx_channels') %}
    union all
    select
        '{{ channel }}' as channel,
        '{{ "sync" if channel in var("cx_synchronous_channels") else "async" }}' as channel_class
    {%- endfor %}
),

risk_tiers as (
    {%- for risk_tier in ['all', 'low', 'medium', 'high'] %}
    select '{{ risk_tier }}' as risk_tier
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

changes as (
    select distinct
        metric_id,
        valid_from
    from targets
),

candidates as (
    select
        changes.metric_id,
        changes.valid_from,
        risk_tiers.risk_tier,
        channels.channel,
        targets.target,
        targets.risk_tier as target_risk_tier,
        targets.channel as target_channel,
        row_number() over (
            partition by
                changes.metric_id, changes.valid_from, risk_tiers.risk_tier, channels.channel
            order by
                case when targets.risk_tier <> 'all' then 0 else 1 end asc,
                case
                    when targets.channel = channels.channel and targets.channel <> 'all' then 0
                    when targets.channel <> 'all' then 1
                    else 2
                end asc,
                targets.valid_from desc
        ) as preference
    from changes
    cross join risk_tiers
    cross join channels
    inner join targets
        on
            changes.metric_id = targets.metric_id
            and changes.valid_from >= targets.valid_from
            and targets.risk_tier in (risk_tiers.risk_tier, 'all')
            and targets.channel in (channels.channel, channels.channel_class, 'all')
),

resolved as (
    select
        candidates.*,
        lead(valid_from) over (
            partition by metric_id, risk_tier, channel
            order by valid_from asc
        ) as valid_to
    from candidates
    where preference = 1
)

select
    metric_id,
    risk_tier,
    channel,
    valid_from,
    valid_to,
    target,
    target_risk_tier,
    target_channel
from resolved
