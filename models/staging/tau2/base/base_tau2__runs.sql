{{ config(materialized='view') }}

with documents as (
    {{ json_documents(tau2_file_patterns()) }}
)

select
    file_path || '@' || md5(cast(document as string)) as run_key,
    md5(cast(document as string)) as run_id,
    file_path,
    {{ json_text('document', '$.timestamp') }} as run_timestamp,
    coalesce({{ json_text('document', '$.info.environment_info.domain_name') }}, 'unknown')
        as domain,
    coalesce({{ json_text('document', '$.info.agent_info.llm') }}, 'unknown') as agent_model,
    {{ json_text('document', '$.info.agent_info.implementation') }} as agent_implementation,
    document
from documents
