{{ config(materialized='view') }}

-- A journey counts once for its unit, however many of its contacts belong to it.
with metric_units as (
    {%- for metric_id in var('cx_experiment_metrics') %}
    select
        metric_id,
        unit_id as metric_unit_id,
        cast(weight * numerator as double) as num,
        cast(weight * denominator as double) as den
    from {{ ref('metric_' ~ metric_id) }}
    where is_mature and weight > 0
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

links as (
    select distinct
        experiment_id,
        unit_id,
        arm,
        is_before,
        'journey' as level,
        journey_id as metric_unit_id
    from {{ ref('int_experiment_exposures') }}
    union all
    select
        experiment_id,
        unit_id,
        arm,
        is_before,
        'contact' as level,
        contact_id as metric_unit_id
    from {{ ref('int_experiment_exposures') }}
),

outcomes as (
    select
        links.experiment_id,
        metric_units.metric_id,
        links.unit_id,
        links.arm,
        sum(case when links.is_before then 0 else 1 end) as outcomes,
        sum(case when links.is_before then 0e0 else metric_units.num end) as num,
        sum(case when links.is_before then 0e0 else metric_units.den end) as den,
        sum(case when links.is_before then metric_units.num else 0e0 end) as before_num,
        sum(case when links.is_before then metric_units.den else 0e0 end) as before_den
    from metric_units
    inner join {{ ref('metric_glossary') }} as glossary
        on metric_units.metric_id = glossary.metric_id
    inner join links
        on
            metric_units.metric_unit_id = links.metric_unit_id
            and links.level
            = case when glossary.unit_of_analysis = 'Journey' then 'journey' else 'contact' end
    group by links.experiment_id, metric_units.metric_id, links.unit_id, links.arm
)

select
    experiment_id,
    metric_id,
    unit_id,
    arm,
    num,
    den,
    before_num,
    before_den
from outcomes
where outcomes > 0
