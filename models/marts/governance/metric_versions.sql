with definitions as (
    select *
    from {{ ref('metric_definition_hashes') }}
),

registry as (
    select
        metric_id,
        version
    from {{ ref('metric_registry') }}
)

select
    definitions.metric_id,
    cast(definitions.version as int) as definition_version,
    cast(definitions.valid_from as date) as valid_from,
    cast(lead(definitions.valid_from) over (
        partition by definitions.metric_id
        order by definitions.version
    ) as date) as valid_to,
    definitions.definition_hash,
    definitions.reason,
    registry.metric_id as computed_as,
    coalesce(registry.metric_id = definitions.metric_id, false) as is_current
from definitions
left join registry
    on
        definitions.version = registry.version
        and (
            definitions.metric_id = registry.metric_id
            or registry.metric_id
            = definitions.metric_id || '_v' || cast(definitions.version as string)
        )
