{% for table in canonical_tables() %}
{{ input_profile(table) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
