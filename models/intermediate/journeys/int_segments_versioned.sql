with segments as (
    select *
    from {{ ref('int_customer_segments_accepted') }}
),

identifiers as (
    select
        identifier_id,
        customer_id
    from {{ ref('int_identifier_customers') }}
),

-- Two identifiers of one customer may both carry a segment: the later record holds.
identified as (
    select
        identifiers.customer_id,
        segments.segment_type,
        segments.segment,
        segments.lawful_basis,
        segments.valid_from,
        segments.valid_to,
        row_number() over (
            partition by identifiers.customer_id, segments.segment_type, segments.valid_from
            order by segments.ingested_at desc nulls last, segments.source_event_id desc
        ) as version_rank
    from segments
    inner join identifiers
        on {{ identifier_id('segments.id_type', 'segments.id_value') }} = identifiers.identifier_id
),

sequenced as (
    select
        identified.*,
        lead(valid_from) over (
            partition by customer_id, segment_type
            order by valid_from
        ) as next_valid_from
    from identified
    where version_rank = 1
)

select
    customer_id,
    segment_type,
    segment,
    lawful_basis,
    valid_from,
    case
        when valid_to is null or next_valid_from < valid_to then next_valid_from
        else valid_to
    end as valid_to
from sequenced
