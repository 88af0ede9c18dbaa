{#
    Connected components by randomised contraction (Bögeholz, Brand and Todor, In-database
    connected component analysis, ICDE 2020): each round every node points to the node of its
    neighbourhood that has the lowest priority of that round, pointers are followed once more, and
    each group of nodes shrinks to one. Of a path, a star or a ring some third is left per round.

    One macro per statement; relations are names, and nothing of dbt is used, so that the same
    text runs in a materialization and in a test.

    Nodes are numbered in the order of their keys: 64-bit keys are cheap to join, and the smallest
    number is the smallest key. Which node is chosen in a round never shows in the result.
#}
{% macro components_nodes_sql(edges) %}
    select
        node,
        cast(row_number() over (order by node) as bigint) as node_number
    from (
        select node_a as node from {{ edges }}
        union
        select node_b as node from {{ edges }}
    ) as ends
    where node is not null
{% endmacro %}


{# One row per pair of different nodes, the smaller one first. #}
{% macro components_first_round_sql(edges, nodes) %}
    select distinct
        least(nodes_a.node_number, nodes_b.node_number) as node_a,
        greatest(nodes_a.node_number, nodes_b.node_number) as node_b
    from {{ edges }} as edges
    inner join {{ nodes }} as nodes_a on edges.node_a = nodes_a.node
    inner join {{ nodes }} as nodes_b on edges.node_b = nodes_b.node
    where edges.node_a <> edges.node_b
{% endmacro %}


{#
    A priority that differs from round to round: (a n + b) mod p with the prime p = 2^31 - 1.
    Pairwise independent draws of a and b bound the expected number of rounds; every product
    stays below 2^62 and so fits in the bigint that node numbers are. Fixed draws make a run repeatable.
#}
{% macro components_priority(node, round) %}
    {%- set draw = namespace(a=1103515245) -%}
    {%- for i in range(round) -%}
        {%- set draw.a = draw.a * 48271 % 2147483647 -%}
    {%- endfor -%}
    (({{ node }} * {{ draw.a }} + {{ draw.a * 16807 % 2147483647 }}) % 2147483647)
{%- endmacro %}


{# Where each node points to: priority and node packed in one integer, so that min() takes both. #}
{% macro components_pointers_sql(edges, round) %}
    select
        node,
        least(
            min({{ components_priority("neighbour", round) }} * 2147483648 + neighbour),
            {{ components_priority("node", round) }} * 2147483648 + node
        ) % 2147483648 as pointer
    from (
        select node_a as node, node_b as neighbour from {{ edges }}
        union all
        select node_b as node, node_a as neighbour from {{ edges }}
    ) as ends
    group by node
{% endmacro %}


{# Where the node pointed to points to. #}
{% macro components_jump_sql(pointers) %}
    select
        pointers.node,
        jumps.pointer as label
    from {{ pointers }} as pointers
    inner join {{ pointers }} as jumps on pointers.pointer = jumps.node
{% endmacro %}


{#
    The edges left between the groups of this round. Compared after least and greatest: as a plain
    condition between the two labels, DuckDB may join all labels with all others by it.
#}
{% macro components_contract_sql(edges, labels) %}
    select
        node_a,
        node_b
    from (
        select distinct
            least(labels_a.label, labels_b.label) as node_a,
            greatest(labels_a.label, labels_b.label) as node_b
        from {{ edges }} as edges
        inner join {{ labels }} as labels_a on edges.node_a = labels_a.node
        inner join {{ labels }} as labels_b on edges.node_b = labels_b.node
    ) as joined
    where node_a < node_b
{% endmacro %}


{# Labels of a round carried through the rounds after it. #}
{% macro components_compose_sql(labels, later_labels) %}
    select
        labels.node,
        coalesce(later.label, labels.label) as label
    from {{ labels }} as labels
    left join {{ later_labels }} as later on labels.label = later.node
{% endmacro %}


{# One row per node with the smallest key of its component; labels: none when there was no edge. #}
{% macro components_result_sql(nodes, labels, node_column="node", component_column="component") %}
    {% if labels is none %}
    select
        node as {{ node_column }},
        node as {{ component_column }}
    from {{ nodes }}
    {% else %}
    with labelled as (
        select
            nodes.node,
            nodes.node_number,
            coalesce(labels.label, nodes.node_number) as label
        from {{ nodes }} as nodes
        left join {{ labels }} as labels on nodes.node_number = labels.node
    ),

    smallest as (
        select
            label,
            min(node_number) as node_number
        from labelled
        group by label
    )

    select
        labelled.node as {{ node_column }},
        nodes.node as {{ component_column }}
    from labelled
    inner join smallest on labelled.label = smallest.label
    inner join {{ nodes }} as nodes on smallest.node_number = nodes.node_number
    {% endif %}
{% endmacro %}


{#
    An incremental run. An edge that is new or gone can only change the components of its ends: all
    their nodes are resolved again, with all their edges, and no others.

    changed   edges (node_a, node_b) that are only in the edges, or only in what is remembered
    region    the nodes of every component that an end of those is in, and the ends themselves
#}
{% macro components_memory_sql(edges, definition) %}
    select distinct
        node_a,
        node_b,
        '{{ definition }}' as definition
    from {{ edges }}
{% endmacro %}


{% macro components_changed_sql(edges, memory) %}
    (select node_a, node_b from {{ edges }} except select node_a, node_b from {{ memory }})
    union all
    (select node_a, node_b from {{ memory }} except select node_a, node_b from {{ edges }})
{% endmacro %}


{% macro components_region_sql(target, changed, node_column, component_column) %}
    with ends as (
        select node_a as node from {{ changed }}
        union
        select node_b as node from {{ changed }}
    )

    select node
    from ends
    union
    select {{ node_column }} as node
    from {{ target }}
    where {{ component_column }} in (
        select {{ component_column }}
        from {{ target }}
        where {{ node_column }} in (select node from ends)
    )
{% endmacro %}


{# Both ends of an edge are in the region, or neither is. #}
{% macro components_region_edges_sql(edges, region) %}
    select
        node_a,
        node_b
    from {{ edges }}
    where node_a in (select node from {{ region }})
{% endmacro %}


{% macro components_forget_sql(target, region, node_column) %}
    delete from {{ target }}
    where {{ node_column }} in (select node from {{ region }})
{% endmacro %}


{% macro components_forget_edges_sql(memory, changed) %}
    delete from {{ memory }}
    where (node_a, node_b) in (select (node_a, node_b) from {{ changed }})
{% endmacro %}


{# After the changed edges are forgotten, those of them that are there now are remembered. #}
{% macro components_remember_edges_sql(edges, memory, changed, definition) %}
    insert into {{ memory }}
    select distinct
        node_a,
        node_b,
        '{{ definition }}' as definition
    from {{ edges }}
    where (node_a, node_b) in (select (node_a, node_b) from {{ changed }})
{% endmacro %}
