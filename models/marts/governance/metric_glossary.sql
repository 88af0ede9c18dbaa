{% do check_metric_registry(ref('metric_registry')) %}
{% do check_metric_definitions(ref('metric_registry'), ref('metric_definition_hashes')) %}
{%- set definitions = metric_definitions() if execute else [] %}
with registry as (
    select *
    from {{ ref('metric_registry') }}
),

definitions as (
    {%- for definition in definitions %}
    select
        {%- for column, text in definition.items() %}
        '{{ dbt.escape_single_quotes(text | string | trim | replace("\n", " ")) }}' as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {%- else %}
    select
        cast(null as string) as metric_id
    {%- endfor %}
)

select
    registry.metric_id,
    registry.name as metric_name,
    registry.category,
    registry.tier,
    registry.companion_of,
    registry.leading_lagging,
    registry.kind,
    case when registry.kind = 'quantile' then coalesce(cast(registry.quantile as double), 0.5e0) end
        as quantile,
    cast(registry.value_min as double) as value_min,
    cast(registry.value_max as double) as value_max,
    registry.unit,
    registry.direction as direction_of_good,
    registry.owner,
    registry.guardrail_metric_id,
    registry.required_inputs,
    registry.degraded_without,
    cast(registry.min_n as bigint) as min_n,
    cast(coalesce(registry.min_coverage, {{ var('cx_min_coverage') }}) as double) as min_coverage,
    cast(registry.non_inferiority_margin as double) as non_inferiority_margin,
    cast(registry.scorecard_weight as double) as scorecard_weight,
    cast(registry.version as int) as definition_version,
    cast(registry.valid_from as date) as version_valid_from,
    definitions.description as definition,
    definitions.unit_of_analysis,
    definitions.inclusion,
    definitions.exclusion,
    definitions.confirmation,
    definitions.segmentation,
    definitions.model as model_name
from registry
inner join definitions on registry.metric_id = definitions.metric_id
