{#
    Process charts: Laney p' for proportions, Laney u' for rates, XmR for everything else, with the
    Making Data Count rules and an EWMA. Sources: Laney 2002; Wheeler (XmR); NHS England, Making
    Data Count; Lucas and Saccucci 1990 (EWMA).

    Select statement, one row per point of the relation with a value (and, for p' and u', a size).

    relation           rows: one per chart and point
    chart_columns      columns that identify a chart, kept in the output
    order_by           column that orders the points, kept in the output
    value              expression of the point's value; for proportions in 0 to 1
    size               expression of the sample size (p') or exposure (u'); not used by XmR
    kind               expression: 'proportion' (p'), 'rate' (u'), anything else XmR
    event_size         expression: what one event adds to value * size (1000 for a rate per 1,000)
    baseline_id        expression that changes where the chart is rebased: limits start anew
    baseline_points    the first so many points of each baseline set the limits, which then stay
    is_baseline        boolean expression, instead of baseline_points
    screen_moving_ranges  drop moving ranges of 3.267 times their mean, once, before averaging
    keep               further columns to keep, by names that the output below does not use

    With centre = sum(value * size) / sum(size) (XmR: mean of the values) over the baseline,
    sd = sqrt(centre (1 - centre) / size) (u': sqrt(centre * event_size / size); XmR: 1) and
    z = (value - centre) / sd:
    sigma_z = mean moving range of z in the baseline / 1.128, for p' and u' at least 1;
    sigma = sd * sigma_z; limits = centre -+ 3 sigma (proportions held in 0 to 1, rates at 0);
    near limits at 2 sigma. A baseline without variation, or with no or only events, has no limits.

    Output beside the kept columns:
    baseline_id, point_number (1 ... in the baseline_id), value, size, centre, sigma, sigma_z,
    lower_limit, upper_limit, near_lower_limit, near_upper_limit, baseline_size (points),
    is_baseline, is_trial (fewer than 12 baseline points), standardised (z / sigma_z),
    is_outside (the alert), is_shift (7 on one side of the centre), is_trend (7 strictly rising or
    falling), is_two_of_three (2 of 3 between near and outer limit, the 3 on one side): all members
    of a run are flagged; special_cause (the first of these that holds, by that order),
    special_cause_side (1 high or rising, -1 low or falling, 0 none),
    ewma, ewma_limit (both in sigmas; it starts at 0 at the first point and again at the first one
    after the baseline), ewma_signal (1, -1, 0),
    autocorrelation (lag 1, of the baseline), is_autocorrelated (above 0.25: every rule is unsafe),
    is_latest (the chart's last point).

    Error: rounding only. At most 3,000 points per baseline_id (the closed form of the EWMA).
#}
{% macro process_chart(
    relation, chart_columns, order_by, value='num / nullif(den, 0)', size='den', kind='kind',
    event_size='1', baseline_id='0', baseline_points=28, is_baseline=none,
    screen_moving_ranges=false, ewma_lambda=0.2, ewma_width=2.86, keep=[]
) %}
    {%- if chart_columns is string or keep is string %}
        {{- exceptions.raise_compiler_error(
            'process_chart: give chart_columns and keep as lists of column names.'
        ) }}
    {%- endif %}
    {%- if not 0 < ewma_lambda < 1 %}
        {{- exceptions.raise_compiler_error(
            'process_chart: ewma_lambda is ' ~ ewma_lambda ~ ', set it between 0 and 1.'
        ) }}
    {%- endif %}
    {%- set segment = partition_by(chart_columns + ['baseline_id']) %}
    {%- set in_order = segment ~ ' order by ' ~ order_by %}
    {%- set so_far = in_order ~ ' rows between unbounded preceding and current row' %}
    {%- set last_three = in_order ~ ' rows between 2 preceding and current row' %}
    {%- set monitored_in_order =
        partition_by(chart_columns + ['baseline_id', 'chart_is_monitored'])
        ~ ' order by ' ~ order_by %}
    {%- set baseline_in_order =
        partition_by(chart_columns + ['baseline_id', 'is_baseline']) ~ ' order by ' ~ order_by %}
    with chart_points as (
        select
            {%- for name in chart_columns + keep %}
            {{ name }},
            {%- endfor %}
            {{ order_by }},
            {{ baseline_id }} as baseline_id,
            {{ kind }} as chart_kind,
            cast({{ value }} as double) as value,
            cast({{ size }} as double) as size,
            cast({{ event_size }} as double) as chart_event_size
            {%- if is_baseline is not none %},
            coalesce({{ is_baseline }}, false) as is_baseline
            {%- endif %}
        from {{ relation }}
    ),

    chart_numbered as (
        select
            chart_points.*,
            cast(row_number() over ({{ in_order }}) as bigint) as point_number
            {%- if is_baseline is none %},
            row_number() over ({{ in_order }}) <= {{ baseline_points }} as is_baseline
            {%- endif %}
        from chart_points
        where
            value is not null
            and (chart_kind not in ('proportion', 'rate') or chart_kind is null or size > 0)
    ),

    chart_centred as (
        select
            chart_numbered.*,
            case
                when chart_kind in ('proportion', 'rate')
                    then sum(case when is_baseline then value * size end) over ({{ segment }})
                        / sum(case when is_baseline then size end) over ({{ segment }})
                else avg(case when is_baseline then value end) over ({{ segment }})
            end as centre,
            count(case when is_baseline then value end) over ({{ segment }}) as baseline_size,
            point_number > coalesce(
                max(case when is_baseline then point_number end) over ({{ segment }}), 0
            ) as chart_is_monitored
        from chart_numbered
    ),

    chart_scaled as (
        select
            chart_spread.*,
            (value - centre) / chart_unit_sigma as chart_z,
            case
                when abs(value - centre) <= 1e-12 * abs(centre) then 0
                when value > centre then 1
                when value < centre then -1
            end as chart_side
        from (
            select
                chart_centred.*,
                case
                    when chart_kind = 'proportion'
                        then sqrt(nullif(greatest(0e0, centre * (1 - centre)), 0) / size)
                    when chart_kind = 'rate'
                        then sqrt(nullif(greatest(0e0, centre), 0) * chart_event_size / size)
                    else 1e0
                end as chart_unit_sigma
            from chart_centred
        ) as chart_spread
    ),

    chart_steps as (
        select
            chart_scaled.*,
            case when is_baseline then lag(chart_z) over ({{ baseline_in_order }}) end
                as chart_z_before,
            avg(case when is_baseline then chart_z end) over ({{ segment }}) as chart_mean_z,
            lag(chart_side) over ({{ in_order }}) as chart_side_before,
            case
                when value > lag(value) over ({{ in_order }}) then 1
                when value < lag(value) over ({{ in_order }}) then -1
                else 0
            end as chart_step
        from chart_scaled
    ),

    chart_ranges as (
        select
            chart_steps.*,
            abs(chart_z - chart_z_before) as chart_moving_range,
            lag(chart_step) over ({{ in_order }}) as chart_step_before,
            sum((chart_z - chart_mean_z) * (chart_z_before - chart_mean_z)) over ({{ segment }})
            / nullif(sum(
                case when is_baseline then power(chart_z - chart_mean_z, 2) end
            ) over ({{ segment }}), 0) as autocorrelation
        from chart_steps
    ),

    chart_screened as (
        select
            chart_ranges.*,
            {%- if screen_moving_ranges %}
            case
                when chart_moving_range < 3.267 * avg(chart_moving_range) over ({{ segment }})
                    then chart_moving_range
            end as chart_kept_range,
            {%- else %}
            chart_moving_range as chart_kept_range,
            {%- endif %}
            sum(case when chart_step_before = chart_step then 0 else 1 end)
                over ({{ so_far }}) as chart_step_run,
            sum(case when chart_side_before = chart_side then 0 else 1 end)
                over ({{ so_far }}) as chart_side_run
        from chart_ranges
    ),

    chart_dispersion as (
        select
            chart_screened.*,
            case
                when chart_z is null then null
                when chart_kind in ('proportion', 'rate')
                    then greatest(1e0, coalesce(
                        avg(chart_kept_range) over ({{ segment }}) / 1.128, 1
                    ))
                else nullif(avg(chart_kept_range) over ({{ segment }}) / 1.128, 0)
            end as sigma_z,
            count(*) over (
                {{ partition_by(chart_columns + ['baseline_id', 'chart_step_run']) }}
            ) as chart_step_length,
            count(*) over (
                {{ partition_by(chart_columns + ['baseline_id', 'chart_side_run']) }}
            ) as chart_side_length
        from chart_screened
    ),

    chart_standardised as (
        select
            chart_dispersion.*,
            sigma_z * chart_unit_sigma as sigma,
            chart_z / sigma_z as standardised,
            coalesce(abs(chart_z / sigma_z) > 3 + 1e-9, false) as is_outside,
            coalesce(abs(chart_z / sigma_z) > 2 and abs(chart_z / sigma_z) <= 3 + 1e-9, false)
                as chart_is_near,
            chart_step <> 0 and chart_step_length >= 6 as chart_is_in_trend
        from chart_dispersion
    ),

    chart_runs as (
        select
            chart_standardised.*,
            row_number() over ({{ monitored_in_order }}) as ewma_number,
            coalesce(chart_side <> 0 and chart_side_length >= 7, false) as is_shift,
            case
                when lead(chart_is_in_trend) over ({{ in_order }})
                    then lead(chart_step) over ({{ in_order }})
                when chart_is_in_trend then chart_step
                else 0
            end as chart_trend_side,
            case
                when count(*) over ({{ last_three }}) = 3
                    and abs(sum(chart_side) over ({{ last_three }})) = 3
                    and sum(case when chart_is_near then 1 else 0 end) over ({{ last_three }}) >= 2
                    then 1
                else 0
            end as chart_ends_two_of_three
        from chart_standardised
    ),

    chart_flags as (
        select
            chart_runs.*,
            chart_trend_side <> 0 as is_trend,
            chart_is_near and max(chart_ends_two_of_three) over (
                {{ in_order }} rows between current row and 2 following
            ) = 1 as is_two_of_three,
            {{ ewma(
                'standardised', 'ewma_number', ewma_lambda,
                monitored_in_order ~ ' rows between unbounded preceding and current row'
            ) }} as ewma,
            {{ ewma_limit('ewma_number', ewma_lambda, ewma_width) }} as ewma_limit
        from chart_runs
    )

    select
        {%- for name in chart_columns + keep %}
        {{ name }},
        {%- endfor %}
        {{ order_by }},
        baseline_id,
        point_number,
        value,
        size,
        centre,
        sigma,
        sigma_z,
        {{ _held_limit('(centre - 3 * sigma)') }} as lower_limit,
        {{ _held_limit('(centre + 3 * sigma)') }} as upper_limit,
        {{ _held_limit('(centre - 2 * sigma)') }} as near_lower_limit,
        {{ _held_limit('(centre + 2 * sigma)') }} as near_upper_limit,
        baseline_size,
        is_baseline,
        baseline_size < 12 as is_trial,
        standardised,
        is_outside,
        is_shift,
        is_trend,
        is_two_of_three,
        case
            when is_outside then 'outside'
            when is_shift then 'shift'
            when is_trend then 'trend'
            when is_two_of_three then 'two_of_three'
        end as special_cause,
        case
            when is_outside or is_shift then chart_side
            when is_trend then chart_trend_side
            when is_two_of_three then chart_side
            else 0
        end as special_cause_side,
        ewma,
        ewma_limit,
        case
            when ewma > ewma_limit then 1
            when ewma < -ewma_limit then -1
            else 0
        end as ewma_signal,
        autocorrelation,
        coalesce(autocorrelation > 0.25, false) as is_autocorrelated,
        row_number() over (
            {{ partition_by(chart_columns) }} order by {{ order_by }} desc
        ) = 1 as is_latest
    from chart_flags
{%- endmacro %}


{# A limit, held inside what the value can be: 0 to 1 for proportions, 0 up for rates. #}
{% macro _held_limit(limit) %}
    case
            when {{ limit }} is null then null
            when chart_kind = 'proportion' then least(1e0, greatest(0e0, {{ limit }}))
            when chart_kind = 'rate' then greatest(0e0, {{ limit }})
            else {{ limit }}
        end
{%- endmacro %}


{#
    Exponentially weighted moving average that starts at 0 before the first point, without
    recursion: lambda * sum over j <= t of (1 - lambda)^(t - j) * x(j).
    x: column; position: 1, 2, ... t; so_far: window from the first row to the current one.
    Range: 0 < lambda < 1; positions up to 690 / -ln(1 - lambda), 3,000 at lambda = 0.2.
#}
{% macro ewma(x, position, lambda, so_far) %}
    ({{ lambda }} * power({{ 1 - lambda }}e0, {{ position }})
        * sum({{ x }} / power({{ 1 - lambda }}e0, {{ position }})) over ({{ so_far }}))
{%- endmacro %}


{# Half-width of the EWMA's limits at a position, in standard deviations of x. #}
{% macro ewma_limit(position, lambda, width) %}
    ({{ width }} * sqrt({{ lambda / (2 - lambda) }}
        * (1 - power({{ 1 - lambda }}e0, 2 * {{ position }}))))
{%- endmacro %}


{#
    What a point of a process chart says: common_cause, or improvement_ or concern_ with _high or
    _low (where the value lies or heads). NULL where the chart has no limits.
    direction: expression, 'up' (high is good), 'down'; else neutral_high or neutral_low.
    Uses the columns of process_chart.
#}
{% macro variation_signal(direction='direction') %}
    case
        when sigma is null then null
        when special_cause_side = 0 then 'common_cause'
        when {{ direction }} = 'up' and special_cause_side = 1 then 'improvement_high'
        when {{ direction }} = 'up' then 'concern_low'
        when {{ direction }} = 'down' and special_cause_side = 1 then 'concern_high'
        when {{ direction }} = 'down' then 'improvement_low'
        when special_cause_side = 1 then 'neutral_high'
        else 'neutral_low'
    end
{%- endmacro %}


{#
    Whether the process, left alone, will meet its target: pass (each value within the limits
    does), fail (none does) or hit_or_miss. NULL without target, limits or direction.
    Uses the columns of process_chart; take it at the latest point.
#}
{% macro assurance_signal(direction='direction', target='target') %}
    case
        when {{ target }} is null or sigma is null then null
        when {{ direction }} = 'up' and lower_limit >= {{ target }} then 'pass'
        when {{ direction }} = 'up' and upper_limit < {{ target }} then 'fail'
        when {{ direction }} = 'down' and upper_limit <= {{ target }} then 'pass'
        when {{ direction }} = 'down' and lower_limit > {{ target }} then 'fail'
        when {{ direction }} in ('up', 'down') then 'hit_or_miss'
    end
{%- endmacro %}
