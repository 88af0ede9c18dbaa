{#
    Stops a run whose configuration is wrong, with one sentence per problem that says what to change.
    Called on-run-start, and while dbt parses: there it comes before a wrong var can do harm in a
    model.
#}
{% macro check_config() %}
    {% set values = {} %}
    {% for name in config_rules() %}
        {% do values.update({name: var(name, none)}) %}
    {% endfor %}
    {% set given = invocation_args_dict.get("vars", {}) %}
    {% set given = fromyaml(given, {}) if given is string else given %}
    {% set problems = config_problems(values, given or {}) %}
    {% if problems %}
        {% do exceptions.raise_compiler_error(
            "The configuration is wrong.\n" ~ problems | join("\n")
        ) %}
    {% endif %}
{% endmacro %}


{#
    What is wrong, as a list of sentences. values: {var: value}; given: the vars of the command line.
    A new var needs a line in config_rules(); another kind of check is a macro that returns a list of
    sentences, and its line here.
#}
{% macro config_problems(values, given) %}
    {% set problems = config_problems_of_vars(values) + config_problems_of_command_line(given) %}
    {% if problems %}
        {% do return(problems) %}
    {% endif %}
    {% do return(
        config_problems_of_absent_inputs(values)
        + config_problems_of_paths(values)
        + config_problems_of_systems(values)
        + config_problems_of_files(values)
        + config_problems_of_seeds(values)
        + config_problems_of_engine()
    ) %}
{% endmacro %}


{# Each var against its rule. #}
{% macro config_problems_of_vars(values) %}
    {% set problems = [] %}
    {% for name, rule in config_rules().items() %}
        {% set problem = config_rule_problem(name, values[name], rule) %}
        {% if problem %}{% do problems.append(problem) %}{% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# A misspelt var on the command line would otherwise be ignored. #}
{% macro config_problems_of_command_line(given) %}
    {% set problems = [] %}
    {% for name in given if name.startswith("cx_") and name not in config_rules() %}
        {% do problems.append("--vars sets " ~ name ~ ", which this project does not have: the vars it "
            ~ "has are listed in its dbt_project.yml.") %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# Without interactions and turns there is nothing to measure. #}
{% macro config_problems_of_absent_inputs(values) %}
    {% set problems = [] %}
    {% for table in ["interactions", "turns"] if table in values["cx_absent_inputs"] %}
        {% do problems.append("var cx_absent_inputs holds '" ~ table ~ "', which is required: take it "
            ~ "out.") %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# The systems that read files. #}
{% macro config_problems_of_paths(values) %}
    {% set problems = [] %}
    {% set files = {"tau2": "the run files", "tickets": "the event log"} %}
    {% for system, what in files.items() if system in values["cx_systems"] %}
        {% set path = "cx_" ~ system ~ "_path" %}
        {% if not values[path] %}
            {% do problems.append("cx_systems holds " ~ system ~ " but var " ~ path ~ " is null: set it "
                ~ "to the folder or glob of " ~ what ~ ", or take " ~ system
                ~ " out of cx_systems.") %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# Each system that is on delivers every canonical table. The models are known once dbt has parsed. #}
{% macro config_problems_of_systems(values) %}
    {% set problems = [] %}
    {% if execute %}
        {% set models = graph.nodes.values()
            | selectattr("resource_type", "equalto", "model") | map(attribute="name") | list %}
        {% for system in values["cx_systems"] %}
            {% set missing = [] %}
            {% for table in canonical_tables() if "stg_" ~ system ~ "__" ~ table not in models %}
                {% do missing.append("stg_" ~ system ~ "__" ~ table) %}
            {% endfor %}
            {% if missing %}
                {% do problems.append("cx_systems holds " ~ system ~ " but there is no model "
                    ~ missing | join(", ") ~ ": add what is missing to models/staging/" ~ system
                    ~ "/ (a table that the system lacks is canonical_empty('<table>')), or take "
                    ~ system ~ " out of cx_systems.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(problems) %}
{% endmacro %}


{# A folder or glob without files would otherwise give a company without events. #}
{% macro config_problems_of_files(values) %}
    {% set problems = [] %}
    {% if execute %}
        {% for name, rule in config_rules().items() if rule.get("files") and values[name] %}
            {% if count_files(values[name]) == 0 %}
                {% do problems.append("var " ~ name ~ " is " ~ values[name] ~ ", where there is no file: "
                    ~ "set it to a folder or glob that holds the files, or to null.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(problems) %}
{% endmacro %}


{# dbt runs a Python model within DuckDB; on Spark it would ask for a Databricks cluster. #}
{% macro config_problems_of_engine() %}
    {% set problems = [] %}
    {% if execute and target.type == "spark" %}
        {% for node in graph.nodes.values()
            if node.package_name == "ai_cx_metrics" and node.get("language") == "python" %}
            {% do problems.append(node.name ~ " is a Python model, and this is Spark: set var "
                ~ "cx_python_models to false, or put a table of predictions in its place "
                ~ "(docs/spark.md).") %}
        {% endfor %}
    {% endif %}
    {% do return(problems) %}
{% endmacro %}
