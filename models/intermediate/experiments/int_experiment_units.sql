-- Suggestions of an agents' assistant that carry an arm are an experiment too.
with assignments as (
    select
        experiment_id,
        unit_type,
        unit_id,
        arm,
        assigned_at
    from {{ ref('int_experiment_assignments_accepted') }}
    union all
    select
        'guidance_display' as experiment_id,
        'suggestion' as unit_type,
        suggestions.source_system || ':' || suggestions.suggestion_id as unit_id,
        suggestions.arm,
        contacts.started_at as assigned_at
    from {{ ref('int_suggestions_attributed') }} as suggestions
    inner join {{ ref('fct_contacts') }} as contacts
        on suggestions.contact_id = contacts.contact_id
    where suggestions.arm is not null
)

select
    experiment_id,
    unit_type,
    unit_id,
    min_by(arm, assigned_at) as arm,
    min(assigned_at) as assigned_at,
    count(*) as assignments,
    count(distinct arm) as arms
from assignments
group by experiment_id, unit_type, unit_id
