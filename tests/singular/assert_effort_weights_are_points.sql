-- The weights of the effort score are points of 100.
select sum(weight) as points
from {{ ref('effort_weights') }}
having abs(sum(weight) - 100) > 1e-9
