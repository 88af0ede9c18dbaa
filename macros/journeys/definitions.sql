{#
    Definitions that a company may see differently. Each is one macro over the columns of one model;
    an installing project overrides it by a macro of the same name and a dispatch entry for
    ai_cx_metrics in its dbt_project.yml.
#}

{#
    The bot or a policy cut the customer off: the end says so, or the bot ended an interaction in which
    it had not understood the customer (var cx_frustration_signs), had the last word, called nobody
    and declared no success. Over: int_contacts.
#}
{% macro is_forced_termination() %}
    {{- return(adapter.dispatch('is_forced_termination', 'ai_cx_metrics')()) -}}
{% endmacro %}

{% macro default__is_forced_termination() -%}
    coalesce(end_reason in ('max_turns', 'policy_cutoff', 'error'), false)
    or coalesce(
        end_reason = 'bot_ended'
        and last_actor_type = 'bot'
        and not is_human_involved
        and no_match_turns + repeat_turns + clarification_turns
        >= {{ var('cx_frustration_signs') }}
        and coalesce(declared_outcome <> 'resolved', true),
        false
    )
{%- endmacro %}


{# A human still owns the case when the contact ends. Over: int_contacts. #}
{% macro is_left_with_human() %}
    {{- return(adapter.dispatch('is_left_with_human', 'ai_cx_metrics')()) -}}
{% endmacro %}

{% macro default__is_left_with_human() -%}
    coalesce(declared_outcome = 'escalated', false)
    or coalesce(end_reason = 'transferred', false)
    or coalesce(last_handoff_status = 'deferred', false)
{%- endmacro %}


{# The customer left without an answer. Over: int_contacts. #}
{% macro is_left_by_customer() %}
    {{- return(adapter.dispatch('is_left_by_customer', 'ai_cx_metrics')()) -}}
{% endmacro %}

{% macro default__is_left_by_customer() -%}
    coalesce(declared_outcome = 'abandoned', false)
    or (
        coalesce(end_reason in ('customer_left', 'timeout'), false)
        and coalesce(declared_outcome <> 'resolved', true)
    )
{%- endmacro %}


{#
    A rage quit: the customer leaves and the last turns show frustration, that is a sentiment of var
    cx_frustration_sentiment or lower, or cx_frustration_signs signs of a bot that does not understand
    (no match, repeat, clarification), or a human asked for and not given, within the contact. Over:
    int_contacts.
#}
{% macro has_frustration_signals() %}
    {{- return(adapter.dispatch('has_frustration_signals', 'ai_cx_metrics')()) -}}
{% endmacro %}

{% macro default__has_frustration_signals() -%}
    coalesce(last_customer_sentiment <= {{ var('cx_frustration_sentiment') }}, false)
    or no_match_turns + repeat_turns + clarification_turns >= {{ var('cx_frustration_signs') }}
    or human_requests_refused > 0
{%- endmacro %}


{# AI contributed to what the human did. Over: int_contacts. #}
{% macro has_ai_contribution() %}
    {{- return(adapter.dispatch('has_ai_contribution', 'ai_cx_metrics')()) -}}
{% endmacro %}

{% macro default__has_ai_contribution() -%}
    handoffs_with_context_used > 0 or suggestions_used > 0
{%- endmacro %}
