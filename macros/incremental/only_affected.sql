{#
    Incremental models that equal a full refresh, exactly.

    Such a model is a pure function of its inputs, key by key (an interaction or a customer). Its
    first line names the key and the model that holds, per key, a fingerprint of all inputs; its
    driving CTE is limited by only_affected():

        {{ incremental_by('customer_id', 'int_customers_fingerprinted') }}
        ... where {{ only_affected('customer_id') }}

    Each table remembers beside it (<table>__fingerprints) the fingerprints its rows were made from.
    A run deletes and inserts the keys whose fingerprint is not the one remembered, in one
    transaction. Nothing depends on when rows arrived or on what an earlier run got done, so late
    rows, batches in any order, repeated batches and killed runs all give the same table.

    var cx_incremental false (the default): every run is a full refresh. Spark: always.
#}
{% macro incremental_by(key, states) %}
    {# A unit test hands over the inputs that it is about, and knows no fingerprints. #}
    {% if model.resource_type != "unit_test" %}
        {% do ref(states) %}
    {% endif %}
    {{ config(
        materialized="only_affected" if target.type == "duckdb" else "table",
        meta={"affected_key": key, "affected_states": states},
    ) }}
{% endmacro %}


{# The same for a checked input, whose key is the day of ingestion: see checked_sql.sql. #}
{% macro incremental_by_load(event_key, own_key, has_parent) %}
    {{ config(
        materialized="only_affected" if target.type == "duckdb" else "table",
        meta={
            "affected_key": "load_day",
            "checked_keys": {"event": event_key, "own": own_key, "parent": has_parent},
        },
    ) }}
{% endmacro %}


{% macro only_affected(column) -%}
    {{ affected_marker(column) if affected_is_on() else "true" }}
{%- endmacro %}


{# The same where rows know their interaction, and the key is the customer. #}
{% macro only_affected_interactions(column) -%}
    {%- if affected_is_on() and model.resource_type != "unit_test" -%}
        {{ affected_interactions_marker(column, ref("int_interaction_customers")) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{% macro affected_is_on() %}
    {% do return(target.type == "duckdb" and var("cx_incremental")) %}
{% endmacro %}


{#
    The number and the sum of the hashes of a group's rows: equal for equal rows in any order. One
    changed row goes unnoticed with a probability of 2^-64.
#}
{% macro fingerprint(columns) -%}
    {{ return(adapter.dispatch("fingerprint", "ai_cx_metrics")(columns)) }}
{%- endmacro %}

{% macro default__fingerprint(columns) -%}
    cast(count(*) as string) || ':' || cast(sum(hash({{ columns | join(", ") }})) as string)
{%- endmacro %}

{% macro spark__fingerprint(columns) -%}
    cast(count(*) as string) || ':'
    || cast(sum(cast(xxhash64({{ columns | join(", ") }}) as decimal(38, 0))) as string)
{%- endmacro %}


{# All columns of an accepted input but the masked free text, which no measure reads. #}
{% macro fingerprint_columns(table) %}
    {% set columns = ["source_system", "source_event_id", "ingested_at"] %}
    {% for column in canonical_tables()[table]["columns"] %}
        {% if not (column[2] if column | length > 2 else {}).get("mask") %}
            {% do columns.append(column[0]) %}
        {% endif %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}


{# The columns of a relation, with its name before each. #}
{% macro prefixed(relation, columns) %}
    {% set prefixed_columns = [] %}
    {% for column in columns %}
        {% do prefixed_columns.append(relation ~ "." ~ column) %}
    {% endfor %}
    {% do return(prefixed_columns) %}
{% endmacro %}


{#
    A key by which max_by() finds the latest event: its time, then its id, so that of two at one time
    the order of arrival does not decide. Text of a time sorts as the time does: a blank sorts
    before the point of a fraction and before every digit.
#}
{% macro latest_key(event_time, tie_breaker) -%}
    coalesce(cast({{ event_time }} as string), '') || ' ' || coalesce({{ tie_breaker }}, '')
{%- endmacro %}
