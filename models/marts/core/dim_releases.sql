select
    release_id,
    model,
    prompt_version,
    deployed_at,
    rolled_back_at
from {{ ref('int_releases_accepted') }}
