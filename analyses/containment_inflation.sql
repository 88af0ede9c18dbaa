-- Where does the vendor's containment promise more than was delivered?
-- Answer on the demo: everywhere, most of all for refund_status, where three quarters of the
-- journeys are "contained" and a quarter of them is proven so.
select
    vendor.slice_value as intent_id,
    vendor.n as journeys,
    round(vendor.value, 3) as vendor_containment,
    round(audited.value, 3) as audited_containment,
    round(inflation.value, 3) as inflation,
    round(inflation.lower_95, 3) as inflation_from,
    round(inflation.upper_95, 3) as inflation_to
from {{ ref('metric_estimates') }} as vendor
inner join {{ ref('metric_estimates') }} as audited
    on
        vendor.period = audited.period
        and vendor.slice_dimension = audited.slice_dimension
        and vendor.slice_value = audited.slice_value
        and audited.metric_id = 'containment_rate'
inner join {{ ref('metric_estimates') }} as inflation
    on
        vendor.period = inflation.period
        and vendor.slice_dimension = inflation.slice_dimension
        and vendor.slice_value = inflation.slice_value
        and inflation.metric_id = 'containment_inflation'
where
    vendor.metric_id = 'containment_rate_vendor'
    and vendor.period = 'all'
    and vendor.slice_dimension in ('overall', 'intent_id')
    and vendor.n > 0
order by inflation desc
