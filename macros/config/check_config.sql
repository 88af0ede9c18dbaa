{#
    Stops a run whose configuration is wrong, with one sentence per problem that says what to change.
    Called on-run-start, and while dbt parses: there it comes before a wrong var can do harm in a
    model. To add a check, write a macro that returns a list of sentences and add its name below; for
    a new var, a line in config_rules() is enough.
#}
{% macro check_config() %}
    {% set problems = config_problems_of_vars() %}
    {% if not problems %}
        {% set problems = (
            config_problems_of_command_line()
            + config_problems_of_absent_inputs()
            + config_problems_of_tau2()
            + config_problems_of_systems()
            + config_problems_of_files()
        ) %}
    {% endif %}
    {% if problems %}
        {% do exceptions.raise_compiler_error(
            "The configuration is wrong.\n" ~ problems | join("\n")
        ) %}
    {% endif %}
{% endmacro %}


{# Each var against its rule. #}
{% macro config_problems_of_vars() %}
    {% set problems = [] %}
    {% for name, rule in config_rules().items() %}
        {% set problem = config_rule_problem(name, var(name, none), rule) %}
        {% if problem %}{% do problems.append(problem) %}{% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# A misspelt var on the command line would otherwise be ignored. #}
{% macro config_problems_of_command_line() %}
    {% set problems = [] %}
    {% set given = invocation_args_dict.get("vars", {}) %}
    {% set given = fromyaml(given, {}) if given is string else given %}
    {% for name in given or {} %}
        {% if name.startswith("cx_") and name not in config_rules() %}
            {% do problems.append("--vars sets " ~ name ~ ", which this project does not have: the vars "
                ~ "it has are listed in its dbt_project.yml.") %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# Without interactions and turns there is nothing to measure. #}
{% macro config_problems_of_absent_inputs() %}
    {% set problems = [] %}
    {% for table in ["interactions", "turns"] %}
        {% if table in var("cx_absent_inputs") %}
            {% do problems.append("var cx_absent_inputs holds '" ~ table ~ "', which is required: take "
                ~ "it out.") %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}


{# The system tau2 reads files. #}
{% macro config_problems_of_tau2() %}
    {% if "tau2" in var("cx_systems") and not var("cx_tau2_path") %}
        {% do return(["cx_systems holds tau2 but var cx_tau2_path is null: set it to the folder or glob "
            ~ "of the run files, or take tau2 out of cx_systems."]) %}
    {% endif %}
    {% do return([]) %}
{% endmacro %}


{# Each system that is on delivers every canonical table. The models are known once dbt has parsed. #}
{% macro config_problems_of_systems() %}
    {% set problems = [] %}
    {% if execute %}
        {% set model_names = graph.nodes.values()
            | selectattr("resource_type", "equalto", "model") | map(attribute="name") | list %}
        {% for system in var("cx_systems") %}
            {% for table in canonical_tables() %}
                {% set model_name = "stg_" ~ system ~ "__" ~ table %}
                {% if model_name not in model_names %}
                    {% do problems.append("cx_systems holds " ~ system ~ " but there is no model "
                        ~ model_name ~ ": add it to models/staging/" ~ system ~ "/ (for a table that the "
                        ~ "system lacks: {{ canonical_empty('" ~ table ~ "') }}), or take " ~ system
                        ~ " out of cx_systems.") %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {% do return(problems) %}
{% endmacro %}


{# A folder or glob without files would otherwise give a company without events. #}
{% macro config_problems_of_files() %}
    {% set problems = [] %}
    {% if execute %}
        {% for name, rule in config_rules().items() if rule.get("files") and var(name) %}
            {% if count_files(var(name)) == 0 %}
                {% do problems.append("var " ~ name ~ " is " ~ var(name) ~ ", where there is no file: set it "
                    ~ "to a folder or glob that holds the files, or to null.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(problems) %}
{% endmacro %}
