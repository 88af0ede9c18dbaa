-- What people say is taken for true. Half a conversation more on each side keeps a share of few
-- conversations away from 0 and 1.
with compared as (
    select
        source_system,
        judge_version,
        count_if(human_passed) as passed_by_people,
        count_if(not human_passed) as failed_by_people,
        count_if(human_passed and auto_passed) as passed_by_both,
        count_if(not human_passed and not auto_passed) as failed_by_both
    from {{ ref('int_resolution_reviews') }}
    where human_passed is not null and auto_passed is not null
    group by source_system, judge_version
)

select
    source_system,
    judge_version,
    cast(passed_by_people as bigint) as passed_by_people,
    cast(failed_by_people as bigint) as failed_by_people,
    (passed_by_both + 0.5e0) / (passed_by_people + 1e0) as sensitivity,
    (failed_by_both + 0.5e0) / (failed_by_people + 1e0) as specificity,
    passed_by_people + failed_by_people >= {{ var('cx_min_n') }}
    and least(passed_by_people, failed_by_people) >= 5
    and (passed_by_both + 0.5e0) / (passed_by_people + 1e0)
    + (failed_by_both + 0.5e0) / (failed_by_people + 1e0) > 1 as is_error_known
from compared
