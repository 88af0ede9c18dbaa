-- Every team and band of tenure, their margins and the whole, for all time and by month.
with suggestions as (
    select
        suggestions.*,
        cast(date_trunc('month', displayed_on) as date) as month_starts_on
    from {{ ref('int_suggestions_displayed') }} as suggestions
),

scoped as (
    {%- for period, starts_on in {
        'all': "cast('1900-01-01' as date)", 'month': 'month_starts_on'
    }.items() %}
    {%- set last_period = loop.last %}
    {%- for team, band in [
        ("'all'", "'all'"), ("'all'", 'tenure_band'), ('team', "'all'"), ('team', 'tenure_band')
    ] %}
    select
        '{{ period }}' as period,
        {{ starts_on }} as period_starts_on,
        {{ team }} as team,
        {{ band }} as tenure_band,
        agent_id,
        action,
        is_used
    from suggestions
    {% if not (loop.last and last_period) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}
),

counted as (
    select
        period,
        period_starts_on,
        team,
        tenure_band,
        count(distinct agent_id) as agents,
        count(*) as displayed,
        count_if(coalesce(action = 'accepted', false)) as accepted,
        count_if(coalesce(action = 'edited', false)) as edited,
        count_if(is_used) as used
    from scoped
    group by period, period_starts_on, team, tenure_band
)

select
    period,
    period_starts_on,
    team,
    tenure_band,
    cast(agents as bigint) as agents,
    cast(displayed as bigint) as displayed,
    cast(accepted as bigint) as accepted,
    cast(edited as bigint) as edited,
    cast(used as bigint) as used,
    case
        when displayed >= {{ var('cx_min_n') }} then used / nullif(cast(displayed as double), 0)
    end as acceptance,
    case when displayed >= {{ var('cx_min_n') }} then {{ wilson_lower('used', 'displayed') }} end
        as lower_95,
    case when displayed >= {{ var('cx_min_n') }} then {{ wilson_upper('used', 'displayed') }} end
        as upper_95,
    case when displayed >= {{ var('cx_min_n') }} then 'ok' else 'not_computable' end as status,
    case
        when displayed < {{ var('cx_min_n') }}
            then 'fewer than {{ var("cx_min_n") }} suggestions'
    end as status_reason
from counted
