-- Silence as failure (the value) and silence as success bound containment on every journey.
select
    audited.unit_id,
    audited.numerator as audited,
    upper_bound.numerator as upper_bound
from {{ ref('metric_containment_rate') }} as audited
inner join {{ ref('metric_containment_rate_silence_as_success') }} as upper_bound
    on audited.unit_id = upper_bound.unit_id
where audited.numerator > upper_bound.numerator
