with shared_identifiers as (
    select identifier_id
    from {{ ref('int_identifiers') }}
    where is_shared
),

links as (
    select
        links.source_system,
        coalesce(links.method, 'unknown') as method,
        case
            when links.link_status <> 'usable' then links.link_status
            when shared_a.identifier_id is not null then 'shared_identifier'
            when shared_b.identifier_id is not null then 'shared_identifier'
            else 'used'
        end as link_status
    from {{ ref('int_identity_links_graded') }} as links
    left join shared_identifiers as shared_a on links.identifier_id_a = shared_a.identifier_id
    left join shared_identifiers as shared_b on links.identifier_id_b = shared_b.identifier_id
)

select
    source_system,
    method,
    link_status,
    cast(count(*) as bigint) as links
from links
group by source_system, method, link_status
