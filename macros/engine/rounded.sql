{#
    A number rounded to digits, halves up. The engines' round() differ in halves that binary
    fractions miss (0.285), and a mean of 0.145 may be a hair below it, by the order of its sum.
#}
{% macro rounded(value, digits) -%}
    (floor(({{ value }}) * 1e{{ digits }} + 0.5000001e0) / 1e{{ digits }})
{%- endmacro %}
