{#
    The statements of an incremental run. One macro per statement; relations are names, and nothing
    of dbt is used, so that the same text runs in the materialization and in a test.

    states    key and fingerprint of the inputs as they are now, one row per key
    memory    affected_key and fingerprint of the inputs that the target's rows were made from
    affected  the keys in which the two differ: new, changed or gone
#}
{% macro affected_memory_sql(states, key, definition) %}
    select
        {{ key }} as affected_key,
        fingerprint,
        '{{ definition }}' as definition
    from {{ states }}
{% endmacro %}


{% macro affected_keys_sql(states, key, memory) %}
    select coalesce(states.{{ key }}, memory.affected_key) as affected_key
    from {{ states }} as states
    full join {{ memory }} as memory on states.{{ key }} = memory.affected_key
    where states.fingerprint is distinct from memory.fingerprint
{% endmacro %}


{% macro affected_delete_sql(relation, key, affected) %}
    delete from {{ relation }}
    where {{ key }} in (select affected_key from {{ affected }})
{% endmacro %}


{# by name: the rows find their columns whatever the order of the two. #}
{% macro affected_insert_sql(target, sql) %}
    insert into {{ target }} by name
    {{ sql }}
{% endmacro %}


{% macro affected_remember_sql(states, key, memory, affected, definition) %}
    insert into {{ memory }}
    {{ affected_memory_sql(states, key, definition) }}
    where {{ key }} in (select affected_key from {{ affected }})
{% endmacro %}


{# What only_affected() writes: a condition that holds for every row, until it is narrowed. #}
{% macro affected_marker(column) -%}
    true /* only affected: {{ column }} :only affected */
{%- endmacro %}


{# The same for rows that know their interaction, and not its customer. #}
{% macro affected_interactions_marker(column, customers) -%}
    true /* only affected: {{ column }} in (
        select interaction_id from {{ customers }} where customer_id :only affected) */
{%- endmacro %}


{# The model's SQL with its markers made real. #}
{% macro affected_narrowed_sql(sql, affected) -%}
    {%- set keys = " in (select affected_key from " ~ affected ~ ")" -%}
    {{ sql.replace("true /* only affected: ", "").replace(" :only affected */", keys).replace(
        " :only affected) */", keys ~ ")") }}
{%- endmacro %}
