{# The tenth of confidence that a guess lies in, 0 to 9; full confidence lies in the last. #}
{% macro confidence_bins() %}10{% endmacro %}

{% macro confidence_bin(confidence) -%}
    least(cast(floor({{ confidence }} * {{ confidence_bins() }}) as int), {{ confidence_bins() }} - 1)
{%- endmacro %}
