{#
    One canonical table of every system that is on, each row judged:
        accepted     valid, and the first delivery of its event
        duplicate    valid, but its (source_system, source_event_id) was accepted already
        quarantined  breaks a rule of canonical_tables(); quarantine_reason says which, payload holds
                     the row as it was
    A bad delivery never shadows a good one: rows are judged before they are deduplicated. Which of
    several deliveries is kept depends on their content alone (earliest ingested, then the smallest
    row), never on the order of arrival.

    An incremental run judges the days of ingestion that have changed, and again the rows of other
    days that meet theirs: see checked_sql.sql.
#}
{% macro checked_input(table) %}
    {% set spec = canonical_tables()[table] %}
    {% set columns = spec["columns"] | map("first") | list %}
    {% set row_columns = ["source_system", "source_event_id", "ingested_at"] + columns %}
    {% set event_key = ["source_system", "source_event_id"] %}
    {% set unique_key = input_unique_key(spec) %}
    {% set met_keys = [("events_met_twice", event_key)] %}
    {% if unique_key %}{% do met_keys.append(("keys_met_twice", unique_key)) %}{% endif %}
    {% set judged_columns = row_columns + ["cast_errors", "quarantine_reason"] %}
    {{ incremental_by_load(event_key, unique_key, spec.get("parent", false)) }}
with deliveries as (
    {% set deliveries = canonical_union(table) -%}
    {{ (checked_deliveries_marker(deliveries) if affected_is_on() else deliveries) | indent(4) }}
),

source_rows as (
    select
        {%- for column in ["source_system", "source_event_id", "ingested_at", "cast_errors"] %}
        {{ column }},
        {%- endfor %}
        {%- for column in spec["columns"] %}
        {{ masked_column(column) }}{{ "," if not loop.last }}
        {%- endfor %}
    from deliveries
    where {{ only_affected(checked_load_day()) }}
    {{ checked_again_marker(row_columns) if affected_is_on() }}
),

{% if spec.get("parent") -%}
parents as (
    select interaction_id
    from {{ ref('int_interactions_accepted') }}
),

{% endif -%}
judged as (
    select
        source_rows.*,
        {{ quarantine_reason(table) | indent(8) }} as quarantine_reason
    from source_rows
    {%- if spec.get("parent") %}
    left join parents on source_rows.interaction_id = parents.interaction_id
    {%- endif %}
),

{% for name, key in met_keys %}
{{ keys_met_twice(name, key) }},
{% endfor %}
-- Only rows that meet another are ranked: a window over all rows would cost several times as much.
met as (
    select
        judged.*
        {%- if unique_key %},
        keys_met_twice.{{ unique_key[0] }} is not null as is_key_met
        {%- endif %}
    from judged
    {{- join_keys_met_twice(met_keys) | indent(4) }}
    where {{ is_met(met_keys) | indent(8) }}
),

event_ranked as (
    select
        met.*,
        row_number() over (
            partition by {{ event_key | join(", ") }}
            order by {{ first_of_row_key(row_columns) }}
        ) as event_rank
    from met
),

ranked as (
    select
        {{ judged_columns | join(",\n        ") }},
        event_rank,
        {%- if unique_key %}
        case
            when is_key_met
                then row_number() over (
                    partition by {{ unique_key | join(", ") }}, event_rank > 1
                    order by {{ first_of_row_key(row_columns) }}
                )
            else 1
        end as key_rank
        {%- else %}
        1 as key_rank
        {%- endif %}
    from event_ranked
    union all
    select
        {% for column in judged_columns %}judged.{{ column }},
        {% endfor -%}
        1 as event_rank,
        1 as key_rank
    from judged
    {{- join_keys_met_twice(met_keys) | indent(4) }}
    where not ({{ is_met(met_keys) | indent(8) }})
)

select
    {{ row_columns | join(",\n    ") }},
    case
        when quarantine_reason is not null then 'quarantined'
        when event_rank > 1 then 'duplicate'
        when key_rank > 1 then 'quarantined'
        else 'accepted'
    end as row_status,
    case
        when quarantine_reason is not null then quarantine_reason
        when event_rank = 1 and key_rank > 1
            then '{{ checked_unique_reason(unique_key) }}'
    end as quarantine_reason,
    case
        when quarantine_reason is not null or (event_rank = 1 and key_rank > 1)
            then {{ json_object(row_columns + ["cast_errors"]) }}
    end as payload
from ranked
{% endmacro %}


{# Every system's rows of one table, interaction ids made unique across systems. #}
{% macro canonical_union(table) %}
    {%- set spec = canonical_tables()[table] -%}
    {%- set common = canonical_common_columns() | map("first") | list -%}
    {%- if table in var("cx_absent_inputs") -%}
{{ canonical_empty(table) }}
    {%- else -%}
    {%- for system in var("cx_systems") -%}
    {%- do assert_delivered_columns(system, table) -%}
    {%- if not loop.first %}
union all
    {%- endif %}
select
    {{ common | join(",\n    ") }},
    {%- for column in spec["columns"] %}
    {{ canonical_column(spec, column) }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref("stg_" ~ system ~ "__" ~ table) }}
    {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{% macro canonical_column(spec, column) %}
    {%- set name = column[0] -%}
    {%- if name in spec.get("ids", []) -%}
        source_system || ':' || {{ name }} as {{ name }}
    {%- elif name == "unit_id" -%}
        case when unit_type = 'interaction' then source_system || ':' || unit_id else unit_id end
            as unit_id
    {%- else -%}
        {{ name }}
    {%- endif -%}
{% endmacro %}


{%- macro masked_column(column) -%}
    {%- set name = column[0] -%}
    {%- if (column[2] if column | length > 2 else {}).get("mask") -%}
        {{ mask_personal_data(name) }} as {{ name }}
    {%- else -%}
        {{ name }}
    {%- endif -%}
{%- endmacro %}


{# The columns of a table's own key; an interaction's id is unique across systems already. #}
{% macro input_unique_key(spec) %}
    {% set columns = spec.get("unique", []) %}
    {% do return((["source_system"] if columns and "interaction_id" not in columns else []) + columns) %}
{% endmacro %}


{# The first rule of the contract that a row breaks, as a sentence; NULL for a valid row. #}
{% macro quarantine_reason(table) %}
    {%- set spec = canonical_tables()[table] -%}
    {%- set event_time = spec.get("event_time") -%}
case
    when cast_errors is not null then 'cannot be read: ' || cast_errors
    when coalesce(trim(source_event_id), '') = '' then 'source_event_id is missing'
    {%- for column in spec["columns"] %}
    {%- set rules = column[2] if column | length > 2 else {} -%}
    {%- set name = "source_rows." ~ column[0] %}
    {%- if rules.get("required") %}
    when {{ is_missing(name, column, spec) }} then '{{ column[0] }} is missing'
    {%- endif %}
    {%- if rules.get("values") %}
    when {{ name }} not in ({% for value in rules["values"] %}'{{ value }}'{{ ", " if not loop.last }}{% endfor %})
        then '{{ column[0] }} is unknown: ' || {{ name }}
    {%- endif %}
    {%- if rules.get("min") is not none and "min" in rules %}
    when {{ name }} < {{ rules["min"] }} then '{{ column[0] }} is below {{ rules["min"] }}'
    {%- endif %}
    {%- if "max" in rules %}
    when {{ name }} > {{ rules["max"] }} then '{{ column[0] }} is above {{ rules["max"] }}'
    {%- endif %}
    {%- endfor %}
    {%- if event_time %}
    when ingested_at is null then 'ingested_at is missing'
    when {{ event_time }} < cast('{{ var("cx_earliest_event_date") }}' as timestamp)
        then '{{ event_time }} is before {{ var("cx_earliest_event_date") }}'
    when {{ event_time }} > ingested_at + {{ var("cx_future_tolerance_hours") }} * interval '1' hour
        then '{{ event_time }} is later than its ingestion'
    {%- for pair in spec.get("ordered", []) if pair[0] == event_time %}
    when {{ pair[1] }} > ingested_at + {{ var("cx_future_tolerance_hours") }} * interval '1' hour
        then '{{ pair[1] }} is later than its ingestion'
    {%- endfor %}
    {%- endif %}
    {%- for pair in spec.get("ordered", []) %}
    when {{ pair[1] }} < {{ pair[0] }} then '{{ pair[1] }} is before {{ pair[0] }}'
    {%- endfor %}
    {%- if spec.get("parent") %}
    when parents.interaction_id is null then '{{ checked_parent_reason() }}'
    {%- endif %}
end
{%- endmacro %}


{# A text of blanks is missing too; an enum's blank is unknown, and an id has its system before it. #}
{% macro is_missing(name, column, spec) -%}
    {%- if column[1] != "string" or "values" in column[2] -%}
        {{ name }} is null
    {%- elif column[0] in spec.get("ids", []) -%}
        coalesce(trim({{ name }}), '') in ('', source_rows.source_system || ':')
    {%- else -%}
        coalesce(trim({{ name }}), '') = ''
    {%- endif -%}
{%- endmacro %}


{# A CTE of the keys that several valid rows have. #}
{% macro keys_met_twice(name, key) -%}
{{ name }} as (
    select {{ key | join(", ") }}
    from judged
    where quarantine_reason is null
    group by {{ key | join(", ") }}
    having count(*) > 1
)
{%- endmacro %}


{% macro join_keys_met_twice(met_keys) %}
    {%- for name, key in met_keys %}
left join {{ name }}
    on
        {% for column in key %}judged.{{ column }} = {{ name }}.{{ column }}
        {{ "and " if not loop.last }}{% endfor %}
    {%- endfor %}
{%- endmacro %}


{# Whether a valid row has one of these keys; a key with a NULL in it meets none. #}
{% macro is_met(met_keys) -%}
    judged.quarantine_reason is null
    and (
        {%- for name, key in met_keys %}
        {{ "or " if not loop.first }}{{ name }}.{{ key[0] }} is not null
        {%- endfor %}
    )
{%- endmacro %}


{# The delivery that is kept comes first: the earliest, then the smallest row. #}
{% macro first_of_row_key(row_columns) -%}
    {% for column in (["ingested_at"] + row_columns) | unique -%}
    {{ column }} asc nulls last{{ ", " if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# The valid rows of one canonical table, each event once. #}
{% macro accepted_input(table) %}
    {%- set columns = canonical_tables()[table]["columns"] | map("first") | list -%}
select
    source_system,
    source_event_id,
    ingested_at,
    {{ columns | join(",\n    ") }}
from {{ ref("int_" ~ table ~ "_checked") }}
where row_status = 'accepted'
{%- endmacro %}
