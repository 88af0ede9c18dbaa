select
    channel,
    sla,
    cast(target as double) as target,
    cast(valid_from as date) as valid_from,
    lead(cast(valid_from as date)) over (partition by channel, sla order by valid_from)
        as valid_to
from {{ ref('sla_targets') }}
