-- The same and, for each contact, what the clock has passed: time alone makes a journey mature.
{{ config(materialized='table' if affected_is_on() else 'view') }}

with ages as (
    select
        contacts.customer_id,
        {{ fingerprint([
            'contacts.contact_id',
            'clock.data_clock_at >= contacts.deadline_at',
            'clock.data_clock_at >= contacts.window_ends_at',
        ]) }} as fingerprint
    from {{ ref('int_contacts') }} as contacts
    cross join {{ ref('int_data_clock') }} as clock
    group by contacts.customer_id
)

select
    customers.customer_id,
    customers.fingerprint || ' ' || coalesce(ages.fingerprint, '') as fingerprint
from {{ ref('int_customers_fingerprinted') }} as customers
left join ages on customers.customer_id = ages.customer_id
