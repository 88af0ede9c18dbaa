{#
    A table of the connected components of a graph, complete in one run. With var cx_incremental a
    run resolves only the components that an edge has joined or left since (DuckDB).

    The model's SQL gives the edges: node_a, node_b (strings; a node without edges comes as an edge
    to itself). The table has one row per node with the smallest node of its component. Columns are
    named by config meta node_column and component_column (node, component).

    Hooks, contract, grants, comments and the swap by renaming are those of dbt's own table: until
    the new table is complete the old one stays.
#}
{% materialization connected_components, default, supported_languages=["sql"] %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set intermediate_relation = make_intermediate_relation(target_relation) %}
    {% set backup_type = "table" if existing_relation is none else existing_relation.type %}
    {% set backup_relation = make_backup_relation(target_relation, backup_type) %}
    {% set meta = config.get("meta", {}) %}
    {% set grant_config = config.get("grants") %}

    {% do drop_relation_if_exists(load_cached_relation(intermediate_relation)) %}
    {% do drop_relation_if_exists(load_cached_relation(backup_relation)) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set node_column = meta.get("node_column", "node") %}
    {% set component_column = meta.get("component_column", "component") %}
    {% set memory = affected_memory(this) %}
    {% set keeps_memory = affected_is_on() and not affected_is_partial_input() %}
    {% set definition = affected_definition() if keeps_memory %}
    {% if keeps_memory and affected_is_current(memory, definition) %}
        {% do components_update(
            target_relation, memory, definition, node_column, component_column) %}
    {% else %}
        {% set rounds = components_run_rounds(
            target_relation, compiled_code, node_column, component_column) %}
        {% call statement("main") %}
            {{ create_table_as(False, intermediate_relation, rounds["sql"]) }}
        {% endcall %}
        {% do components_drop_work(rounds["work"]) %}
        {% if existing_relation is not none %}
            {% do adapter.rename_relation(existing_relation, backup_relation) %}
        {% endif %}
        {% do adapter.rename_relation(intermediate_relation, target_relation) %}
        {% do create_indexes(target_relation) %}
        {% do components_remember(memory, definition, keeps_memory) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=True) %}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}
    {% do drop_relation_if_exists(backup_relation) %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{# Resolves again the components that an edge has joined or left since the last run. #}
{% macro components_update(target, memory, definition, node_column, component_column) %}
    {% set work = [] %}
    {% set edges = components_keep(work, target, "all_edges", compiled_code) %}
    {% set changed = components_keep(
        work, target, "changed", components_changed_sql(edges, memory)) %}
    {% set region = components_keep(work, target, "region", components_region_sql(
        target, changed, node_column, component_column)) %}
    {% set rounds = components_run_rounds(
        target, components_region_edges_sql(edges, region), node_column, component_column) %}
    {% call statement("delete") %}
        {{ components_forget_sql(target, region, node_column) }}
    {% endcall %}
    {% call statement("main") %}
        {{ affected_insert_sql(target, rounds["sql"]) }}
    {% endcall %}
    {% call statement("forget") %}
        {{ components_forget_edges_sql(memory, changed) }}
    {% endcall %}
    {% call statement("remember") %}
        {{ components_remember_edges_sql(edges, memory, changed, definition) }}
    {% endcall %}
    {% do components_drop_work(rounds["work"] + work) %}
{% endmacro %}


{# Keeps the edges beside the table, or drops what would not be kept up. #}
{% macro components_remember(memory, definition, keeps_memory) %}
    {% if keeps_memory %}
        {% call statement("remember") %}
            create or replace table {{ memory }} as
            {{ components_memory_sql("(" ~ compiled_code ~ ")", definition) }}
        {% endcall %}
    {% elif target.type == "duckdb" %}
        {% call statement("forget") %}
            drop table if exists {{ memory }}
        {% endcall %}
    {% endif %}
{% endmacro %}


{# Spark: no transactions and no atomic renaming; like its own table, drop and create at the end. #}
{% materialization connected_components, adapter="spark", supported_languages=["sql"] %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set meta = config.get("meta", {}) %}
    {% set grant_config = config.get("grants") %}

    {% do components_drop_leftovers(target_relation) %}

    {{ run_hooks(pre_hooks) }}

    {% set rounds = components_run_rounds(
        target_relation, compiled_code,
        meta.get("node_column", "node"), meta.get("component_column", "component")) %}
    {% do drop_relation_if_exists(existing_relation) %}
    {% call statement("main") %}
        {{ create_table_as(False, target_relation, rounds["sql"]) }}
    {% endcall %}
    {% do components_drop_work(rounds["work"]) %}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=True) %}
    {% do apply_grants(target_relation, grant_config, should_revoke) %}
    {% do persist_docs(target_relation, model) %}

    {{ run_hooks(post_hooks) }}

    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
