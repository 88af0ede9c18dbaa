select
    glossary.metric_id,
    min(case when gaps.consequence = 'not_computable' then gaps.input_name end)
        as missing_required_input,
    min(case when gaps.consequence = 'degraded' then gaps.input_name end)
        as missing_helpful_input
from {{ ref('metric_glossary') }} as glossary
left join {{ ref('metric_input_gaps') }} as gaps on glossary.metric_id = gaps.metric_id
group by glossary.metric_id
