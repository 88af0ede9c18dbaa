{#
    What tells afterwards that a declared success was none: {cause: downstream event types}. A company
    whose events have other names overrides it by a macro of the same name and a dispatch entry.
    The event that confirms an intent is never held against it: a refund granted is what the customer
    of refund_status asked for.
#}
{% macro silent_failure_events() %}
    {% do return(adapter.dispatch("silent_failure_events", "ai_cx_metrics")()) %}
{% endmacro %}

{% macro default__silent_failure_events() %}
    {% do return({
        "complaint": ["complaint"],
        "reversal": ["reversal", "refund_issued"],
        "dispute": ["dispute"],
        "closure_or_churn": ["account_closed", "churn"],
    }) %}
{% endmacro %}


{# The cause of an event type; NULL for events that tell no failure. #}
{% macro silent_failure_cause(event_type) -%}
    case
        {%- for cause, types in silent_failure_events().items() %}
        when {{ event_type }} in ('{{ types | join("', '") }}') then '{{ cause }}'
        {%- endfor %}
    end
{%- endmacro %}


{# All causes: the later contact, and those that events tell. #}
{% macro silent_failure_causes() %}
    {% do return(["recontact"] + (silent_failure_events() | list)) %}
{% endmacro %}


{#
    Whether a row of int_journeys_silently_failed is what the watch is about: automation declared
    the success, and a failure would have been seen.
#}
{% macro is_watched_success(failures) -%}
    {{ failures }}.is_linkable and not {{ failures }}.is_human_in_declaring_contact
{%- endmacro %}


{#
    What an intent's figures say: flag where containment is above the mean and the whole interval of
    the recontact rate above its mean; watch where only the rate itself is; none; too few below
    cx_min_n declared successes. Uses columns declared_successes, recontacts, containment,
    overall_containment and overall_recontact_rate.
#}
{% macro silent_failure_signal() -%}
    case
        when declared_successes < {{ var('cx_min_n') }} then 'too few'
        when
            containment <= overall_containment
            or recontacts / nullif(declared_successes, 0) <= overall_recontact_rate
            then 'none'
        when {{ wilson_lower('recontacts', 'declared_successes') }} > overall_recontact_rate
            then 'flag'
        else 'watch'
    end
{%- endmacro %}
