{#
    The colour of a row of the scorecard, why, and what would change it: CASE expressions over the
    columns of scorecard_signals and is_target_met, is_straddling and has_concern. First match wins.

    red    a severity-1 violation; the process will miss the target (assurance fails); a concern
           while the target is missed
    grey   nothing to judge: suppressed, not computable, trial limits or no chart, no target
    amber  concern, hit or miss, interval straddles the target, degraded, target missed
    green  the process will meet the target, and no concern
#}
{% macro scorecard_ratings() %}
    {% do return([
        [
            "red", "has_severity_1", "a violation of severity 1 reached a customer",
            "Four weeks without a violation of severity 1."
        ],
        [
            "grey", "is_suppressed", none,
            "More units in the slice, so that no person can be singled out."
        ],
        [
            "grey", "status = 'not_computable'", none,
            "The missing input, or mature units in the period."
        ],
        [
            "grey", "slice_dimension = 'combined'", "combined filters have no process chart",
            "One filter at a time: weekly points of combined slices are too thin to chart."
        ],
        [
            "grey", "variation_signal is null and chart_points is null",
            "no process chart for the latest four weeks", "Mature weeks to chart."
        ],
        [
            "grey", "variation_signal is null", "no process limits: the weeks do not vary",
            "Weeks that differ: a chart without variation has no limits."
        ],
        [
            "grey", "is_trial", "trial limits: fewer than 12 weeks",
            "At least 12 weeks since the chart began or was rebased."
        ],
        [
            "red", "assurance_signal = 'fail'", "left alone, the process will miss its target",
            "A changed process: its limits do not reach the target."
        ],
        [
            "red", "has_concern and not is_target_met",
            "the process signals a concern and the target is missed",
            "The cause of the signal removed, and the value back on target."
        ],
        [
            "amber", "has_concern", "the process signals a concern",
            "The cause of the signal found and removed."
        ],
        [
            "amber", "status = 'degraded'", none,
            "The evidence or units that are missing."
        ],
        [
            "grey", "target is null or direction_of_good = 'none'", "no target is set",
            "A target in metric_targets, where the metric has a better side."
        ],
        [
            "amber", "assurance_signal = 'hit_or_miss'",
            "the target lies within the process limits: weeks meet or miss it by chance",
            "Less variation or a better mean, until the limits clear the target."
        ],
        [
            "amber", "is_straddling", "the interval straddles the target",
            "More units, or a value farther from the target."
        ],
        [
            "amber", "not is_target_met", "the target is missed",
            "A value on the good side of the target."
        ],
        [
            "green", "assurance_signal = 'pass' and is_target_met",
            "left alone, the process will meet its target",
            "A signal of concern, or a tighter target."
        ],
    ]) %}
{% endmacro %}


{% macro scorecard_rating() -%}
    case
        {%- for rating, condition, reason, change in scorecard_ratings() %}
        when {{ condition }} then '{{ rating }}'
        {%- endfor %}
        else 'grey'
    end
{%- endmacro %}


{% macro scorecard_rating_reason() -%}
    case
        {%- for rating, condition, reason, change in scorecard_ratings() %}
        when {{ condition }} then {{ "'" ~ reason ~ "'" if reason else 'status_reason' }}
        {%- endfor %}
        else 'nothing to judge'
    end
{%- endmacro %}


{% macro scorecard_rating_changes_with() -%}
    case
        {%- for rating, condition, reason, change in scorecard_ratings() %}
        when {{ condition }} then '{{ change }}'
        {%- endfor %}
        else 'More data.'
    end
{%- endmacro %}
