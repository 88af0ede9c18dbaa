{#
    Ids of the published metrics of one kind, by the registry. Empty while dbt parses, and before
    the registry is seeded.
#}
{% macro metrics_of_kind(kind) %}
    {% set registry = ref("metric_registry") %}
    {% set ids = [] %}
    {% if execute and load_relation(registry) is not none %}
        {% set rows = run_query(
            "select metric_id from " ~ registry ~ " where kind = '" ~ kind ~ "' order by metric_id"
        ).rows %}
        {% for row in rows if row["metric_id"] in var("cx_metrics") %}
            {% do ids.append(row["metric_id"]) %}
        {% endfor %}
    {% endif %}
    {% do return(ids) %}
{% endmacro %}


{#
    Whether the units of a metric are compared with a baseline that is estimated: then they say how
    far its error may move their numerators (columns numerator_down and numerator_up).
#}
{% macro has_estimated_baseline(metric_id) %}
    {% set found = namespace(value=false) %}
    {% if execute %}
        {% for node in graph.nodes.values() %}
            {% if node.name == "metric_" ~ metric_id and "numerator_up" in node.columns %}
                {% set found.value = true %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(found.value) %}
{% endmacro %}


{#
    Whether the baseline of a metric moves its units a little instead of deciding on whole ones (meta
    has_smooth_baseline of its model): a condition on column metric_id.
#}
{% macro has_smooth_baseline() %}
    {% set ids = [] %}
    {% if execute %}
        {#- A unit test has no graph. -#}
        {% for node in graph.get("nodes", {}).values() if "metrics" in node.fqn %}
            {% if node.config.meta.get("has_smooth_baseline") %}
                {% do ids.append(node.name | replace("metric_", "", 1)) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return("metric_id in ('" ~ ids | sort | join("', '") ~ "')" if ids else "false") %}
{% endmacro %}


{# The periods of metric_estimates and the day on which the period of a metric_date starts. #}
{% macro metric_periods() %}
    {% do return({
        "all": "cast('1900-01-01' as date)",
        "month": "cast(date_trunc('month', metric_date) as date)",
        "week": "cast(date_trunc('week', metric_date) as date)",
        "day": "metric_date",
    }) %}
{% endmacro %}


{# Rows of a relation of slices by day, once per period. #}
{% macro slices_by_period(relation) -%}
    {%- for period, starts_on in metric_periods().items() %}
    select
        {{ relation }}.*,
        '{{ period }}' as period,
        {{ starts_on }} as period_starts_on
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}


{#
    Three columns: the value of a slice and the limits of its 95 % interval, which are those of its
    units alone (with_baseline_error adds the rest). Takes the sums of the slice, kind,
    interval_kind, scale, design_effect and, of quantiles, quantile_value and limits.
#}
{% macro estimate_with_limits(value, lower, upper) -%}
    {#- A ratio is money here: where there is none, nothing says what one event is worth. -#}
    case when kind = 'quantile' then quantile_value else scale * {{ metric_value() }} end
        as {{ value }},
    case
        when kind = 'quantile' then quantile_lower
        else scale * {{ interval_lower(
            'interval_kind', design_effect='design_effect', event_size='cast(null as double)'
        ) }}
    end as {{ lower }},
    case
        when kind = 'quantile' then quantile_upper
        else scale * {{ interval_upper(
            'interval_kind', design_effect='design_effect', event_size='cast(null as double)'
        ) }}
    end as {{ upper }}
{%- endmacro %}


{# Why a slice has no value, or NULL: an input that is missing outranks what follows from it. #}
{% macro not_computable_reason() -%}
    case
        when missing_required_input is not null then 'no ' || missing_required_input
        when
            missing_helpful_input is not null
            and (n = 0 or (kind = 'quantile' and quantile_value is null))
            then 'no ' || missing_helpful_input
        when n = 0 and maturity = 0 then 'no mature unit yet'
        when n = 0 then 'no unit can be measured'
        when kind = 'quantile' and quantile_value is null
            then 'too many units have not ended to know the quantile'
        when coalesce(den, 0) = 0 then 'the denominator is zero'
    end
{%- endmacro %}


{#
    Why an estimate is none, or NULL. Weights and corrections can carry a mean of few answers beyond
    the scale of the answers (value_min to value_max of the registry).
#}
{% macro off_scale_reason(value) -%}
    case
        when {{ value }} < value_min or {{ value }} > value_max
            then 'too few units: the estimate leaves its scale'
    end
{%- endmacro %}


{# A limit of an interval, held within the scale of the metric. #}
{% macro within_scale(limit) -%}
    case
        when {{ limit }} < value_min then value_min
        when {{ limit }} > value_max then value_max
        else {{ limit }}
    end
{%- endmacro %}


{# Why a value is degraded, or NULL. #}
{% macro degraded_reason() -%}
    case
        when missing_helpful_input is not null then 'no ' || missing_helpful_input
        when n < min_n then 'fewer than ' || cast(min_n as string) || ' units'
        when evidenced_n < min_coverage * eligible_n
            then 'evidence for less than '
                || cast(cast(round(100 * min_coverage) as int) as string) || ' % of units'
    end
{%- endmacro %}
