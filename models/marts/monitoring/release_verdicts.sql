{% set guardrails = var('cx_guardrail_metrics') | length -%}
-- One metric speaks for the release: the first that failed; while nothing is decided, one that is
-- shown to be worse, else the one whose worst case is furthest beyond its margin; of a release to
-- keep, the one that passed last.
with comparisons as (
    select *
    from {{ ref('release_comparisons') }}
),

firsts as (
    select
        release_id,
        metric_id,
        min(case when verdict = 'fail' then observed_on end) as failed_on,
        min(case when verdict = 'pass' then observed_on end) as passed_on,
        min(case when is_harm_shown then observed_on end) as harm_shown_on,
        min(observed_on) as first_observed_on
    from comparisons
    group by release_id, metric_id
),

latest as (
    select
        comparisons.*,
        firsts.failed_on,
        firsts.passed_on,
        firsts.harm_shown_on,
        firsts.first_observed_on
    from comparisons
    inner join firsts
        on
            comparisons.release_id = firsts.release_id
            and comparisons.metric_id = firsts.metric_id
    where comparisons.is_latest
),

ranked as (
    select
        latest.*,
        row_number() over (
            partition by release_id
            order by
                failed_on asc nulls last,
                case when failed_on is not null then best_case / margin end asc nulls last,
                case when harm_shown_on is not null and passed_on is null then 0 else 1 end asc,
                case when passed_on is null then worst_case / nullif(margin, 0) end asc nulls last,
                passed_on desc nulls last,
                metric_id asc
        ) as metric_rank,
        count(*) over (partition by release_id) as metrics,
        sum(case when passed_on is not null then 1 else 0 end) over (partition by release_id)
            as metrics_passed,
        max(passed_on) over (partition by release_id) as last_passed_on
    from latest
),

judged as (
    select
        releases.release_id,
        releases.deployed_at,
        releases.rolled_back_at,
        ranked.metric_id,
        ranked.control_release_id,
        ranked.comparison,
        ranked.n,
        ranked.control_n,
        ranked.value,
        ranked.control_value,
        ranked.effect,
        ranked.lower_95,
        ranked.upper_95,
        ranked.worst_case,
        ranked.best_case,
        ranked.margin,
        ranked.metrics,
        ranked.metrics_passed,
        ranked.owner,
        glossary.unit,
        ranked.harm_shown_on is not null as is_harm_shown,
        case
            when ranked.failed_on is not null then 'roll back'
            when ranked.metrics_passed = {{ guardrails }} then 'keep'
            else 'watch'
        end as verdict,
        case
            when ranked.failed_on is not null then ranked.failed_on
            when ranked.metrics_passed = {{ guardrails }} then ranked.last_passed_on
            else coalesce(
                ranked.harm_shown_on, ranked.first_observed_on, cast(releases.deployed_at as date)
            )
        end as first_seen_on
    from {{ ref('dim_releases') }} as releases
    left join ranked on releases.release_id = ranked.release_id and ranked.metric_rank = 1
    left join {{ ref('metric_glossary') }} as glossary on ranked.metric_id = glossary.metric_id
)

select
    release_id,
    deployed_at,
    rolled_back_at,
    control_release_id,
    comparison,
    verdict,
    first_seen_on,
    metric_id,
    cast(n as bigint) as n,
    cast(control_n as bigint) as control_n,
    value,
    control_value,
    effect,
    lower_95,
    upper_95,
    worst_case,
    best_case,
    margin,
    is_harm_shown,
    cast(coalesce(metrics, 0) as bigint) as metrics,
    cast(coalesce(metrics_passed, 0) as bigint) as metrics_passed,
    case
        when metric_id is null
            then 'nothing to compare with: no earlier release, or no mature unit of both yet'
        else
            metric_id || ': ' || {{ value_text('value', 'unit') }}
            || ' against ' || {{ value_text('control_value', 'unit') }} || ' of '
            || control_release_id || '; '
            || case
                when verdict = 'roll back'
                    then 'at best ' || {{ difference_text('-best_case', 'unit') }}
                        || ' worse, where ' || {{ difference_text('margin', 'unit') }}
                        || ' are allowed'
                when verdict = 'keep' then 'no guardrail is worse than its margin allows'
                when metrics_passed = metrics
                    then 'within its margin, but not every guardrail has units yet'
                when is_harm_shown then 'worse, though not surely beyond its margin'
                when worst_case is null then 'too few units to judge'
                else 'may be up to ' || {{ difference_text('-worst_case', 'unit') }} || ' worse'
            end
            || case
                when verdict <> 'watch' then ''
                else ' (' || cast(coalesce(metrics_passed, 0) as string)
                    || ' of {{ guardrails }} guardrails passed)'
            end
            || case
                when comparison = 'before_after'
                    then '; compared with the time before, without a concurrent control'
                else ''
            end
    end as reason,
    owner
from judged
