{#
    Bands of the time since a customer was first seen: {name: [from, to) in days}, by var
    cx_customer_age_bands ({name: upper limit in days}); above the last: longer.
#}
{% macro customer_age_bands() %}
    {% set bands = {} %}
    {% set lower = namespace(days=0) %}
    {% for band, limit in var("cx_customer_age_bands").items() | sort(attribute="1") %}
        {% do bands.update({band: [lower.days, limit]}) %}
        {% set lower.days = limit %}
    {% endfor %}
    {% do bands.update({"longer": [lower.days, 20000]}) %}
    {% do return(bands) %}
{% endmacro %}
