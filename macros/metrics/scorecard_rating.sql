{#
    The colour of a row of the scorecard and the sentence that says why: CASE expressions over the
    columns of scorecard_signals and is_target_met, is_straddling and has_concern. First match wins.

    red    a severity-1 violation; the process will miss the target (assurance fails); a concern
           while the target is missed
    grey   nothing to judge: suppressed, not computable, trial limits or no chart, no target
    amber  concern, hit or miss, interval straddles the target, degraded, target missed
    green  the process will meet the target, and no concern
#}
{% macro scorecard_ratings() %}
    {% do return([
        ["red", "has_severity_1", "a violation of severity 1"],
        ["grey", "is_suppressed or status = 'not_computable'", none],
        ["grey", "slice_dimension = 'combined'", "no process chart for combined filters"],
        ["grey", "variation_signal is null and chart_points is null", "no process chart: no recent mature weeks"],
        ["grey", "variation_signal is null", "no process chart: the weeks do not vary"],
        ["grey", "is_trial", "trial limits: fewer than 12 weeks"],
        ["red", "assurance_signal = 'fail'", "the process will miss its target if left alone"],
        ["red", "has_concern and not is_target_met", "process signals a concern and the target is missed"],
        ["amber", "has_concern", "process signals a concern"],
        ["amber", "status = 'degraded'", none],
        ["grey", "target is null or direction_of_good = 'none'", "no target is set"],
        ["amber", "assurance_signal = 'hit_or_miss'", "the process will meet its target only by chance"],
        ["amber", "is_straddling", "the interval straddles the target"],
        ["amber", "not is_target_met", "the target is missed"],
        ["green", "assurance_signal = 'pass' and is_target_met", "the process meets its target"],
    ]) %}
{% endmacro %}


{% macro scorecard_rating() -%}
    case
        {%- for rating, condition, reason in scorecard_ratings() %}
        when {{ condition }} then '{{ rating }}'
        {%- endfor %}
        else 'grey'
    end
{%- endmacro %}


{% macro scorecard_rating_reason() -%}
    case
        {%- for rating, condition, reason in scorecard_ratings() %}
        when {{ condition }} then {{ "'" ~ reason ~ "'" if reason else 'status_reason' }}
        {%- endfor %}
        else 'nothing to judge'
    end
{%- endmacro %}
