with bounds as (
    select
        cast(min(interactions.started_at) as date) as first_date,
        cast(max(clock.data_clock_at) as date) as last_date
    from {{ ref('int_interactions_accepted') }} as interactions
    cross join {{ ref('int_data_clock') }} as clock
),

offsets as (
    {{ dbt.generate_series(5000) | indent(4) }}
),

-- Two days of margin: zones differ from UTC, and a night shift starts the day before.
days as (
    select bounds.first_date + cast(offsets.generated_number - 3 as int) as service_date
    from offsets
    cross join bounds
    where bounds.first_date + cast(offsets.generated_number - 5 as int) <= bounds.last_date
),

hours as (
    select
        channel,
        cast(weekday as int) as weekday,
        time_zone,
        holiday_calendar,
        {{ minutes_of_day('opens_at') }} as opens_minute,
        {{ minutes_of_day('closes_at') }} as closes_minute
    from {{ ref('service_hours') }}
),

holidays as (
    select *
    from {{ ref('holidays') }}
),

-- Hours that close no later than they open run into the next day.
local_hours as (
    select
        hours.channel,
        days.service_date,
        hours.time_zone,
        {{ add_seconds('cast(days.service_date as timestamp)', 'hours.opens_minute * 60') }}
            as opens_local,
        {{ add_seconds(
            'cast(days.service_date as timestamp)',
            'hours.closes_minute * 60 '
            ~ '+ case when hours.closes_minute <= hours.opens_minute then 86400 else 0 end'
        ) }} as closes_local
    from days
    inner join hours on {{ iso_weekday('days.service_date') }} = hours.weekday
    left join holidays
        on
            days.service_date = holidays.holiday_on
            and hours.holiday_calendar = holidays.calendar
    where holidays.holiday_on is null
)

select
    channel,
    service_date,
    time_zone,
    {{ local_to_utc('opens_local', 'time_zone') }} as opens_at,
    {{ local_to_utc('closes_local', 'time_zone') }} as closes_at
from local_hours
