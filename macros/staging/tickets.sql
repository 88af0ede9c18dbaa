{#
    Columns of a ticket system's event log by their role. Each is found by the names that ticket
    systems and process-mining exports give it (compared without case, spaces, dots and
    underscores), unless var cx_tickets_columns names it.
#}
{% macro tickets_column_names() %}
    {% do return({
        "case_id": ["sr number", "case", "case id", "case concept:name", "case:concept:name",
            "ticket", "ticket id", "incident", "incident id", "issue key", "number"],
        "event_at": ["change date+time", "event at", "event time", "time", "timestamp",
            "time:timestamp", "complete timestamp", "changed at", "updated at", "created at",
            "sys updated on"],
        "status": ["status", "state", "incident state", "new status", "activity", "concept:name",
            "event"],
        "sub_status": ["sub status", "substatus", "status reason", "lifecycle:transition",
            "on hold reason"],
        "group_name": ["involved st", "group", "group name", "assignment group", "org:group",
            "team", "queue"],
        "line_name": ["st level", "line", "support line", "level", "tier"],
        "agent_id": ["resource", "org:resource", "agent", "agent id", "assignee", "assigned to",
            "user", "owner"],
        "intent_id": ["product", "category", "intent", "topic", "service", "issue type"],
        "event_id": ["event id", "audit id", "change id", "sys id"],
    }) %}
{% endmacro %}


{# {role: column of the file, or none}. Stops where a column that has to be there is not. #}
{% macro tickets_columns() %}
    {% set found = {} %}
    {% if not execute or not var("cx_tickets_path") %}
        {% do return(found) %}
    {% endif %}
    {% set given = var("cx_tickets_columns") or {} %}
    {% set present = tabular_file_columns(var("cx_tickets_path")) %}
    {% set by_name = {} %}
    {% for column in present %}
        {% do by_name.update({comparable_column_name(column): column}) %}
    {% endfor %}
    {% for role in given if role not in tickets_column_names() %}
        {% do exceptions.raise_compiler_error("var cx_tickets_columns names the role '" ~ role
            ~ "', which is none of: " ~ tickets_column_names() | join(", ") ~ ".") %}
    {% endfor %}
    {% for role, names in tickets_column_names().items() %}
        {% if role in given %}
            {% if given[role] not in present %}
                {% do exceptions.raise_compiler_error("var cx_tickets_columns gives '" ~ given[role]
                    ~ "' as " ~ role ~ ", but the file has: " ~ present | join(", ") ~ ".") %}
            {% endif %}
            {% do found.update({role: given[role]}) %}
        {% else %}
            {% set names = [role] + names %}
            {% for name in names if role not in found and comparable_column_name(name) in by_name %}
                {% do found.update({role: by_name[comparable_column_name(name)]}) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% for role in ["case_id", "event_at", "status"] if role not in found %}
        {% do exceptions.raise_compiler_error("System tickets: no column of " ~ var("cx_tickets_path")
            ~ " is known as " ~ role ~ ": name it, --vars '{cx_tickets_columns: {" ~ role
            ~ ": its name}}'; the file has: " ~ present | join(", ") ~ ".") %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}


{% macro comparable_column_name(name) %}
    {% do return(modules.re.sub("[ _.]", "", name | lower)) %}
{% endmacro %}


{#
    Number of the support line (1, 2, 3 ...): the first digit of the line's name, else of an ordinal
    at the end of the group's name ("V5 3rd"), else 1.
#}
{% macro tickets_line_number(line_name, group_name) -%}
    cast(coalesce(
        nullif(regexp_extract({{ line_name }}, '[0-9]', 0), ''),
        nullif(regexp_extract({{ group_name }}, ' ([0-9])(st|nd|rd|th)( |$)', 1), ''),
        '1'
    ) as int)
{%- endmacro %}


{# Every role as a column of text: the file's column, trimmed, or NULL where it has none. #}
{% macro tickets_columns_by_role() -%}
    {%- set columns = tickets_columns() -%}
    {%- for role in tickets_column_names() -%}
        {%- if role in columns -%}
            nullif(trim(cast({{ adapter.quote(columns[role]) }} as string)), '') as {{ role }}
        {%- else -%}
            cast(null as string) as {{ role }}
        {%- endif -%}
        {{ ",\n" if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
