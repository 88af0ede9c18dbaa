-- The time in which a customer was known, cut where the segment or the band of age changes.
with clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

segments as (
    select *
    from {{ ref('int_segments_versioned') }}
    where segment_type = '{{ var("cx_segment_type") }}'
),

customers as (
    select
        customers.customer_id,
        customers.first_seen_at,
        coalesce(segments.segment, 'unknown') as customer_segment,
        coalesce(segments.valid_from, customers.first_seen_at) as segment_from,
        segments.valid_to as segment_to
    from {{ ref('dim_customers') }} as customers
    left join segments on customers.customer_id = segments.customer_id
    where customers.is_linked
),

bands as (
    {%- for band, limits in customer_age_bands().items() %}
    select
        '{{ band }}' as age_band,
        {{ limits[0] }} as from_days,
        {{ limits[1] }} as to_days
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

spans as (
    select
        customers.customer_id,
        customers.customer_segment,
        bands.age_band,
        greatest(
            customers.segment_from,
            {{ add_seconds('customers.first_seen_at', 'bands.from_days * 86400.0') }}
        ) as span_from,
        least(
            coalesce(customers.segment_to, clock.data_clock_at),
            {{ add_seconds('customers.first_seen_at', 'bands.to_days * 86400.0') }},
            clock.data_clock_at
        ) as span_to
    from customers
    cross join bands
    cross join clock
)

select
    customer_id,
    customer_segment,
    age_band,
    span_from,
    span_to,
    {{ seconds_between('span_from', 'span_to') }} / 86400e0 as span_days
from spans
where span_from < span_to
