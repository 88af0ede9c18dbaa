{#
    A table of which a run rewrites the affected keys only: see only_affected.sql. A full refresh is
    dbt's own way to build a table (hooks, contract, swap by renaming). It is done on
    --full-refresh, without a table or a memory of it, after a change of the definition, and with var cx_incremental
    false; then the memory goes too, as it would not be kept up.
#}
{% materialization only_affected, adapter="duckdb", supported_languages=["sql"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set memory = affected_memory(this) %}
    {% set keeps_memory = affected_is_on() and not affected_is_partial_input() %}
    {% set definition = affected_definition() if keeps_memory %}
    {% set is_checked_input = "checked_keys" in config.get("meta") %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if keeps_memory and affected_is_current(memory, definition) %}
        {% if is_checked_input %}
            {% do checked_update(target_relation, memory, definition) %}
        {% else %}
            {% do affected_update(target_relation, memory, definition) %}
        {% endif %}
    {% else %}
        {% do affected_rebuild(target_relation, memory, definition, keeps_memory) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% do apply_grants(target_relation, config.get("grants"), should_revoke=false) %}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{% macro affected_update(target_relation, memory, definition) %}
    {% set meta = config.get("meta") %}
    {% set key = meta["affected_key"] %}
    {% set states = ref(meta["affected_states"]) %}
    {% set affected = adapter.quote(this.identifier ~ "__affected") %}
    {% set narrowed = affected_narrowed_sql(compiled_code, affected) %}
    {% if narrowed == compiled_code %}
        {% do exceptions.raise_compiler_error(
            this.identifier ~ " is incremental but has no only_affected(): limit its driving CTE."
        ) %}
    {% endif %}
    {% do affected_keep(affected, affected_keys_sql(states, key, memory)) %}
    {% call statement("delete") %}
        {{ affected_delete_sql(target_relation, key, affected) }}
    {% endcall %}
    {% call statement("main") %}
        {{ affected_insert_sql(target_relation, narrowed) }}
    {% endcall %}
    {% do affected_remember(states, key, memory, affected, definition) %}
{% endmacro %}


{% macro checked_update(target_relation, memory, definition) %}
    {% set meta = config.get("meta") %}
    {% set event_key, unique_key = meta["checked_keys"]["event"], meta["checked_keys"]["own"] %}
    {% set parents = ref("int_interactions_accepted") if meta["checked_keys"]["parent"] %}
    {% set target = target_relation %}
    {% set work = {} %}
    {% for name in ["states", "affected", "touched", "meeting", "kept"] %}
        {% do work.update({name: adapter.quote(this.identifier ~ "__" ~ name)}) %}
    {% endfor %}
    {% do affected_keep(work.states, checked_states_sql(compiled_code)) %}
    {% do affected_keep(work.affected, affected_keys_sql(work.states, "load_day", memory)) %}
    {% do affected_keep(
        work.touched, checked_touched_sql(target, work.affected, parents, unique_key)) %}
    {% do affected_keep(work.meeting, checked_meeting_sql(
        target, compiled_code, work.affected, work.touched, event_key, unique_key)) %}
    {% do affected_add(work.touched, checked_competing_sql(
        target, work.touched, work.meeting, event_key, unique_key, true)) %}
    {% if unique_key %}
        {% do affected_add(work.meeting, checked_meeting_again_sql(
            target, work.touched, event_key, unique_key)) %}
        {% do affected_add(work.touched, checked_competing_sql(
            target, work.touched, work.meeting, unique_key, unique_key, false)) %}
    {% endif %}
    {% do affected_keep(work.kept, checked_kept_sql(target, work.touched)) %}
    {% call statement("delete") %}
        {{ checked_delete_sql(target, work.touched) }}
    {% endcall %}
    {% call statement("main") %}
        {{ affected_insert_sql(
            target, checked_narrowed_sql(compiled_code, work.affected, work.kept)) }}
    {% endcall %}
    {% do affected_remember(work.states, "load_day", memory, work.affected, definition) %}
{% endmacro %}


{% macro affected_keep(relation, sql) %}
    {% call statement("keep") %}
        create or replace temporary table {{ relation }} as
        {{ sql }}
    {% endcall %}
{% endmacro %}


{% macro affected_add(relation, sql) %}
    {% call statement("add") %}
        insert into {{ relation }}
        {{ sql }}
    {% endcall %}
{% endmacro %}


{% macro affected_remember(states, key, memory, affected, definition) %}
    {% call statement("forget") %}
        {{ affected_delete_sql(memory, "affected_key", affected) }}
    {% endcall %}
    {% call statement("remember") %}
        {{ affected_remember_sql(states, key, memory, affected, definition) }}
    {% endcall %}
{% endmacro %}


{% macro affected_rebuild(target_relation, memory, definition, keeps_memory) %}
    {% set meta = config.get("meta") %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set intermediate_relation = make_intermediate_relation(target_relation) %}
    {% do drop_relation_if_exists(load_cached_relation(intermediate_relation)) %}
    {% call statement("main") %}
        {{ create_table_as(False, intermediate_relation, compiled_code) }}
    {% endcall %}
    {% do drop_relation_if_exists(existing_relation) %}
    {% do adapter.rename_relation(intermediate_relation, target_relation) %}
    {% do create_indexes(target_relation) %}
    {% if keeps_memory %}
        {% set states = "(" ~ checked_states_sql(compiled_code) ~ ")" if "checked_keys" in meta
            else ref(meta["affected_states"]) %}
        {% call statement("remember") %}
            create or replace table {{ memory }} as
            {{ affected_memory_sql(states, meta["affected_key"], definition) }}
        {% endcall %}
    {% else %}
        {% call statement("forget") %}
            drop table if exists {{ memory }}
        {% endcall %}
    {% endif %}
{% endmacro %}


{% macro affected_memory(relation) %}
    {% do return(relation.incorporate(
        path={"identifier": relation.identifier ~ "__fingerprints"}, type="table")) %}
{% endmacro %}


{# Whether there is a table that this very definition has made, and the memory of it. #}
{% macro affected_is_current(memory, definition) %}
    {% set existing_relation = load_cached_relation(this) %}
    {% if flags.FULL_REFRESH or existing_relation is none or not existing_relation.is_table
        or load_cached_relation(memory) is none %}
        {% do return(false) %}
    {% endif %}
    {% set found = run_query(
        "select 1 from " ~ memory ~ " where definition = '" ~ definition ~ "' limit 1") %}
    {% do return(found | length > 0) %}
{% endmacro %}


{# dbt --empty and --sample hand a model a part of its inputs: nothing to remember. #}
{% macro affected_is_partial_input() %}
    {% do return(invocation_args_dict.get("empty") or invocation_args_dict.get("sample")) %}
{% endmacro %}


{#
    What the rows of a model depend on besides data: its SQL, that of all models before it, every
    var but those that say where the data is, and the definitions that may be overridden. (Other
    macros cannot be seen from here: after a change of one, run with --full-refresh.)
#}
{% macro affected_definition() %}
    {% set parts = [compiled_code, is_forced_termination(), is_left_with_human(),
        is_left_by_customer(), has_frustration_signals(), has_ai_contribution()] %}
    {% for name in config_rules() | sort if not name.endswith("_path") and name != "cx_metrics" %}
        {% do parts.append(name ~ "=" ~ tojson(var(name, none))) %}
    {% endfor %}
    {% set state = namespace(next=model.depends_on.nodes) %}
    {% set seen = {} %}
    {% for depth in range(100) if state.next %}
        {% set found = [] %}
        {% for id in state.next if id not in seen and id in graph.nodes %}
            {% do seen.update({id: true}) %}
            {% if graph.nodes[id].resource_type == "model" %}
                {% do parts.append(id ~ graph.nodes[id].raw_code) %}
            {% endif %}
            {% do found.extend(graph.nodes[id].depends_on.nodes) %}
        {% endfor %}
        {% set state.next = found | unique | list %}
    {% endfor %}
    {% do return(local_md5(parts | sort | join("\n"))) %}
{% endmacro %}
