{#
    The statements of an incremental run over one checked input (see checked_input.sql). Like those of
    affected_sql.sql they use nothing of dbt.

    What a row comes to depends on the row, on whether its interaction is accepted, and on the other
    deliveries of its event and of its table's own key. So a run takes from the source the days of
    ingestion in which any row differs, and judges again, as they are in the table:
        rows whose interaction was accepted or refused since (only tables with a parent),
        rows of the same event as one of these or of those days, before or now,
        rows of the same key as one of these.
    All other rows stay: nothing that decided about them has changed.

    Work relations of a run:
        states    fingerprint of all delivered rows per day of ingestion
        affected  the days in which it is not the one remembered
        touched   row ids of the table's rows that leave; is_kept: to be judged again
        meeting   event and own key of the rows that arrive or leave
        kept      the rows to be judged again
#}
{% macro checked_load_day() -%}
    coalesce(cast(ingested_at as date), cast('0001-01-01' as date))
{%- endmacro %}


{% macro checked_parent_reason() -%}
    its interaction is unknown or quarantined
{%- endmacro %}


{% macro checked_unique_reason(unique_key) -%}
    {{ unique_key | reject("equalto", "source_system") | join(", ") }} was delivered by another event already
{%- endmacro %}


{# Marks the query of all delivered rows, so that a run can find it in the model's SQL. #}
{% macro checked_deliveries_marker(sql) -%}
    /* all deliveries: */ {{ sql }} /* :all deliveries */
{%- endmacro %}


{% macro checked_deliveries_sql(sql) -%}
    {{ sql.split("/* all deliveries: */")[1].split("/* :all deliveries */")[0] }}
{%- endmacro %}


{# Where rows of the table are added to those from the source; nothing in a full refresh. #}
{% macro checked_again_marker(columns) -%}
    /* judged again: union all select {{ columns[:3] | join(", ") }}, null as cast_errors,
    {{ columns[3:] | join(", ") }} from :judged again */
{%- endmacro %}


{% macro checked_narrowed_sql(sql, affected, kept) -%}
    {{ affected_narrowed_sql(sql, affected).replace("/* judged again: ", "").replace(
        ":judged again */", kept) }}
{%- endmacro %}


{% macro checked_states_sql(sql) %}
    select
        {{ checked_load_day() }} as load_day,
        cast(count(*) as string) || ':' || cast(sum(hash(deliveries)) as string) as fingerprint
    from ({{ checked_deliveries_sql(sql) }}) as deliveries
    group by load_day
{% endmacro %}


{# Rows of the affected days, and rows whose interaction is another case than they were judged by. #}
{% macro checked_touched_sql(target, affected, parents, unique_key) %}
    select
        target.rowid as row_id,
        affected.affected_key is null as is_kept
    from {{ target }} as target
    left join {{ affected }} as affected on {{ checked_load_day() }} = affected.affected_key
    {%- if parents %}
    left join (
        select interaction_id as parent_id
        from {{ parents }}
    ) as parents on target.interaction_id = parents.parent_id
    {%- endif %}
    where
        affected.affected_key is not null
        {%- if parents %}
        or (parents.parent_id is null and ({{ checked_is_valid(unique_key) }}))
        or (
            parents.parent_id is not null
            and target.quarantine_reason = '{{ checked_parent_reason() }}'
        )
        {%- endif %}
{% endmacro %}


{# Whether a row of the table breaks no rule by itself: such rows compete for their event and key. #}
{% macro checked_is_valid(unique_key) -%}
    target.quarantine_reason is null
    {%- if unique_key %} or target.quarantine_reason = '{{ checked_unique_reason(unique_key) }}'{% endif %}
{%- endmacro %}


{% macro checked_meeting_sql(target, sql, affected, touched, event_key, unique_key) %}
    select {{ (event_key + unique_key) | unique | join(", ") }}
    from ({{ checked_deliveries_sql(sql) }}) as deliveries
    where {{ checked_load_day() }} in (select affected_key from {{ affected }})
    union all
    {{ checked_meeting_again_sql(target, touched, event_key, unique_key) }}
{% endmacro %}


{% macro checked_meeting_again_sql(target, touched, event_key, unique_key) %}
    select {{ (event_key + unique_key) | unique | join(", ") }}
    from {{ target }} as target
    where target.rowid in (select row_id from {{ touched }})
{% endmacro %}


{# Rows of the table that compete with one of those for a key; EXISTS would take five times as long. #}
{% macro checked_competing_sql(target, touched, meeting, key, unique_key, is_first) %}
    select
        target.rowid as row_id,
        true as is_kept
    from {{ target }} as target
    where
        ({{ checked_is_valid(unique_key) }})
        {%- if not is_first %}
        and target.row_status <> 'duplicate'
        {%- endif %}
        and ({{ key | join(", ") }}) in (select ({{ key | join(", ") }}) from {{ meeting }})
        and target.rowid not in (select row_id from {{ touched }})
{% endmacro %}


{% macro checked_kept_sql(target, touched) %}
    select target.*
    from {{ target }} as target
    where target.rowid in (select row_id from {{ touched }} where is_kept)
{% endmacro %}


{% macro checked_delete_sql(target, touched) %}
    delete from {{ target }}
    where rowid in (select row_id from {{ touched }})
{% endmacro %}
