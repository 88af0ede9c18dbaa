{# The identity vars, checked: a wrong one stops the run with a sentence that says what to change. #}
{% macro identity_settings() %}
    {% set max_degree = identity_count("cx_identity_max_degree", var("cx_identity_max_degree")) %}
    {% set by_type = {} %}
    {% for type, limit in (var("cx_identity_max_degree_by_type") or {}).items() %}
        {% do by_type.update({
            type | lower | trim: identity_count("cx_identity_max_degree_by_type." ~ type, limit)
        }) %}
    {% endfor %}

    {% set min_confidence = var("cx_identity_min_confidence") %}
    {% if min_confidence is not number or not 0 <= min_confidence <= 1 %}
        {% do exceptions.raise_compiler_error(
            "Set the var cx_identity_min_confidence to a number from 0 to 1, not "
            ~ min_confidence ~ ".") %}
    {% endif %}

    {% do return({
        "max_degree": max_degree,
        "max_degree_by_type": by_type,
        "min_confidence": min_confidence,
        "as_of": identity_as_of(),
        "case_insensitive_types": identity_words("cx_identity_case_insensitive_types"),
        "placeholder_values": identity_words("cx_identity_placeholder_values"),
    }) %}
{% endmacro %}


{% macro identity_count(name, value) %}
    {% if value is not integer or value is boolean or value < 1 %}
        {% do exceptions.raise_compiler_error(
            "Set the var " ~ name ~ " to a whole number of at least 1, not " ~ value ~ ".") %}
    {% endif %}
    {% do return(value) %}
{% endmacro %}


{% macro identity_words(name) %}
    {% set words = var(name) or [] %}
    {% if words is string or words is mapping %}
        {% do exceptions.raise_compiler_error(
            "Set the var " ~ name ~ " to a list of words, not " ~ words ~ ".") %}
    {% endif %}
    {% do return(words | map("string") | map("lower") | map("trim") | list) %}
{% endmacro %}


{% macro identity_as_of() %}
    {% set as_of = var("cx_identity_as_of") %}
    {% if as_of is none %}
        {% do return(none) %}
    {% endif %}
    {% set pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$" %}
    {% if not modules.re.match(pattern, as_of | string) %}
        {% do exceptions.raise_compiler_error(
            "Set the var cx_identity_as_of to a UTC time such as '2026-01-31 00:00:00', not "
            ~ as_of ~ ".") %}
    {% endif %}
    {% do return((as_of | string).replace("T", " ")) %}
{% endmacro %}
