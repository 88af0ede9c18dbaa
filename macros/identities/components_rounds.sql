{#
    Runs the rounds over the edges of a query (node_a, node_b; a self-loop is an isolated node) and
    returns {"sql": the query of the result, "work": the names of the tables it reads}.
    Bounded: a random order leaves some third of the edges per round, so a billion take 20 rounds.
#}
{% macro components_run_rounds(target, edges_sql, node_column, component_column) %}
    {% set work = [] %}
    {% set edges = components_keep(work, target, "edges", edges_sql) %}
    {% set nodes = components_keep(work, target, "nodes", components_nodes_sql(edges)) %}
    {% set left = components_keep(
        work, target, "edges_0", components_first_round_sql(edges, nodes)) %}

    {% set state = namespace(edges=left, is_done=components_is_empty(left)) %}
    {% set labels = [] %}
    {% for round in range(1, components_max_rounds() + 1) %}
        {% if not state.is_done %}
            {% set pointers = components_keep(
                work, target, "pointers_" ~ round, components_pointers_sql(state.edges, round)) %}
            {% do labels.append(components_keep(
                work, target, "labels_" ~ round, components_jump_sql(pointers))) %}
            {% set state.edges = components_keep(
                work, target, "edges_" ~ round,
                components_contract_sql(state.edges, labels[-1])) %}
            {% set state.is_done = components_is_empty(state.edges) %}
        {% endif %}
    {% endfor %}
    {% if not state.is_done %}
        {% do exceptions.raise_compiler_error(
            "connected_components: edges are left after " ~ components_max_rounds()
            ~ " rounds in " ~ target ~ "; raise components_max_rounds().") %}
    {% endif %}

    {% set composed = namespace(labels=(labels | last) if labels else none) %}
    {% for earlier in (labels[:-1] | reverse) %}
        {% set composed.labels = components_keep(
            work, target, "composed_" ~ loop.revindex,
            components_compose_sql(earlier, composed.labels)) %}
    {% endfor %}
    {% set result = components_result_sql(nodes, composed.labels, node_column, component_column) %}
    {% do return({"sql": result, "work": work}) %}
{% endmacro %}


{% macro components_max_rounds() %}
    {% do return(60) %}
{% endmacro %}


{# Creates a work table, notes it in the list of those to drop, and returns its name. #}
{% macro components_keep(work, target, name, sql) %}
    {% set relation = components_work_relation(target, name) %}
    {% do components_create_work(relation, sql) %}
    {% do work.append(relation) %}
    {% do return(relation) %}
{% endmacro %}


{% macro components_is_empty(relation) %}
    {% set rows = run_query("select node_a from " ~ relation ~ " limit 1") %}
    {% do return(rows | length == 0) %}
{% endmacro %}


{% macro components_work_relation(target, name) %}
    {% do return(adapter.dispatch("components_work_relation", "ai_cx_metrics")(target, name)) %}
{% endmacro %}


{# A temporary table: it is gone with the connection, even when the run is killed. #}
{% macro default__components_work_relation(target, name) %}
    {% do return(adapter.quote(target.identifier ~ "__components_" ~ name)) %}
{% endmacro %}


{# Spark has no temporary tables: real ones beside the target. #}
{% macro spark__components_work_relation(target, name) %}
    {% do return(target.incorporate(
        path={"identifier": target.identifier ~ "__components_" ~ name}) | string) %}
{% endmacro %}


{% macro components_create_work(relation, sql) %}
    {% do adapter.dispatch("components_create_work", "ai_cx_metrics")(relation, sql) %}
{% endmacro %}


{% macro default__components_create_work(relation, sql) %}
    {% do components_drop_work([relation]) %}
    {% call statement("components_work") %}
        create temporary table {{ relation }} as (
            {{ sql }}
        )
    {% endcall %}
{% endmacro %}


{% macro spark__components_create_work(relation, sql) %}
    {% do components_drop_work([relation]) %}
    {% call statement("components_work") %}
        create table {{ relation }} using parquet as
        {{ sql }}
    {% endcall %}
{% endmacro %}


{% macro components_drop_work(relations) %}
    {% for relation in relations %}
        {% call statement("components_drop") %}
            drop table if exists {{ relation }}
        {% endcall %}
    {% endfor %}
{% endmacro %}


{# Work tables that a killed run has left; only Spark needs it, where they are real tables. #}
{% macro components_drop_leftovers(target) %}
    {% set found = run_query(
        "show tables in " ~ target.schema ~ " like '" ~ target.identifier ~ "__components_*'") %}
    {% for row in found.rows %}
        {% do components_drop_work([target.schema ~ "." ~ row["tableName"]]) %}
    {% endfor %}
{% endmacro %}
