{# The identity vars as the macros and models of this folder use them. check_config() judges them. #}
{% macro identity_settings() %}
    {% set by_type = {} %}
    {% for type, limit in var("cx_identity_max_degree_by_type").items() %}
        {% do by_type.update({type | lower | trim: limit}) %}
    {% endfor %}
    {% set interactions_by_type = {} %}
    {% for type, limit in var("cx_identity_max_interactions_by_type").items() %}
        {% do interactions_by_type.update({type | lower | trim: limit}) %}
    {% endfor %}
    {% set as_of = var("cx_identity_as_of") %}
    {% do return({
        "max_degree": var("cx_identity_max_degree"),
        "max_degree_by_type": by_type,
        "max_interactions_by_type": interactions_by_type,
        "min_confidence": var("cx_identity_min_confidence"),
        "as_of": none if as_of is none else (as_of | string).replace("T", " "),
        "case_insensitive_types": var("cx_identity_case_insensitive_types"),
        "placeholder_values": var("cx_identity_placeholder_values")
            | map("string") | map("lower") | map("trim") | list,
    }) %}
{% endmacro %}
