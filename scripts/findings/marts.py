"""What the page shows, as read from the marts of two builds."""

from __future__ import annotations

from collections import defaultdict

import duckdb

from findings.intervals import paired_difference, proportion, ratio, wilson

SHARES = {
    "vendor": "containment_rate_vendor",
    "audited": "containment_rate",
    "accuracy": "resolution_accuracy",
    "precision": "resolution_precision",
    "sla": "bot_sla_adherence",
}
PAIRED = {
    "Containment, vendor's count": "containment_rate_vendor",
    "Audited containment": "containment_rate",
    "Resolution accuracy": "resolution_accuracy",
}
# Sums of each customer, whose units need not be independent. A conversation is one customer here.
METRIC = """
    select
        {group} as key,
        metric.release_id as release,
        metric.customer_id,
        cast(sum(metric.weight * metric.numerator) as double) as x,
        cast(sum(metric.weight * metric.denominator) as double) as d
    from metric_{metric} as metric
    inner join dim_intents as intents on metric.intent_id = intents.intent_id
    inner join (
        select distinct
            journeys.customer_id,
            coalesce(base.persona, 'none given') as persona
        from fct_journeys as journeys
        inner join base_tau2__conversations as base
            on journeys.first_interaction_id = 'tau2:' || base.interaction_id
    ) as personas on metric.customer_id = personas.customer_id
    where metric.is_mature and metric.weight > 0 and {where}
    group by all
    order by all
"""
# Both releases on the same task and trial; only tasks that count for the metric in both.
PAIRS = """
    with judged as (
        select
            base.domain,
            base.task_id,
            base.trial,
            base.agent_model,
            metric.numerator
        from metric_{metric} as metric
        inner join fct_journeys as journeys on metric.unit_id = journeys.journey_id
        inner join fct_interactions as interactions
            on journeys.first_interaction_id = interactions.interaction_id
        inner join base_tau2__conversations as base
            on interactions.interaction_id = 'tau2:' || base.interaction_id
        where metric.weight > 0 and interactions.is_engaged
    )

    select
        before.domain,
        cast(before.numerator as int) as before,
        cast(after.numerator as int) as after
    from judged as before
    inner join judged as after
        on
            before.domain = after.domain
            and before.task_id = after.task_id
            and before.trial = after.trial
    where before.agent_model = 'gpt-4.1' and after.agent_model like 'ft:gpt-4.1%'
    order by before.domain, before.task_id, before.trial
"""
TAU2 = """
    select
        count(*) as conversations,
        sum(case when interactions.is_engaged then 1 else 0 end) as engaged,
        count(distinct base.agent_model) as models,
        count(distinct base.run_key) as runs,
        sum(case when base.termination_reason in ('max_steps', 'too_many_errors', 'agent_error')
            and interactions.is_engaged then 1 else 0 end) as forced
    from base_tau2__conversations as base
    inner join fct_interactions as interactions
        on interactions.interaction_id = 'tau2:' || base.interaction_id
"""
# An escalation after the reopening must not explain it: is_escalated_at_first is before.
CASES = """
    with cases as (
        select
            case_id,
            bool_or(contact_number = 1 and completed_by = 'resolved_in_call') as is_in_call,
            bool_or(contact_number = 1 and completed_at is not null) as is_completed,
            bool_or(contact_number = 1 and reopened_at is not null) as is_reopened
        from base_tickets__contacts
        group by case_id
    ),

    moves as (
        select
            case_id,
            bool_or(line_number > previous_line_number) as is_escalated,
            bool_or(line_number > previous_line_number and contact_number = 1)
                as is_escalated_at_first,
            bool_or(line_number < previous_line_number) as is_sent_back,
            count(*) as moves
        from base_tickets__stints
        where previous_line_number is not null
        group by case_id
    )

    select
        count(*) as cases,
        sum(cases.is_in_call::int) as in_call,
        sum((cases.is_in_call and not cases.is_reopened)::int) as in_call_kept,
        sum(cases.is_completed::int) as completed,
        sum((cases.is_completed and cases.is_reopened)::int) as reopened,
        sum((cases.is_completed and not cases.is_in_call)::int) as later,
        sum((cases.is_completed and not cases.is_in_call and cases.is_reopened)::int)
            as later_reopened,
        sum((moves.case_id is not null)::int) as moved,
        sum(coalesce(moves.is_escalated, false)::int) as escalated,
        sum(coalesce(moves.is_escalated and moves.is_sent_back, false)::int)
            as escalated_and_sent_back,
        sum((coalesce(moves.is_escalated_at_first, false) and cases.is_completed)::int)
            as escalated_completed,
        sum((coalesce(moves.is_escalated_at_first, false) and cases.is_completed
            and cases.is_reopened)::int)
            as escalated_reopened,
        sum((not coalesce(moves.is_escalated_at_first, false) and cases.is_completed)::int)
            as stayed_completed,
        sum((not coalesce(moves.is_escalated_at_first, false) and cases.is_completed
            and cases.is_reopened)::int) as stayed_reopened
    from cases
    left join moves on cases.case_id = moves.case_id
"""
LINES = """
    select
        previous_line_number as from_line,
        line_number as to_line,
        count(*) as moves,
        count(distinct case_id) as cases
    from base_tickets__stints
    where previous_line_number is not null
    group by all
    order by all
"""
TICKET_METRICS = [
    "first_contact_resolution",
    "resolution_accuracy",
    "silent_failure_rate",
    "time_to_resolution",
    "time_to_resolution_p90",
]


def rows(connection, sql):
    """Rows of a query as dicts."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def grouped(connection, metric, group, where="true"):
    """{(key, release): [(numerator, denominator) of a customer]} of a metric's mature units."""
    found = defaultdict(list)
    for row in rows(connection, METRIC.format(metric=metric, group=group, where=where)):
        found[row["key"], row["release"]].append((row["x"], row["d"]))
    return found


def label(release):
    """A model's name to read: the fine-tuned ones carry their whole history."""
    return f"{release.split(':')[1]}, fine-tuned" if release.startswith("ft:") else release


def estimates(connection, group, where="true"):
    """One dict per group and release: every metric's estimate."""
    shares = {name: grouped(connection, m, group, where) for name, m in SHARES.items()}
    costs = grouped(connection, "cost_per_resolved_intent", group, where)
    return [
        {
            "key": key,
            "release": release,
            "label": label(release),
            "cost": ratio(costs.get((key, release), [])),
            **{name: proportion(found.get((key, release), [])) for name, found in shares.items()},
        }
        for key, release in sorted(shares["vendor"])
    ]


def comparisons(connection):
    """The release comparison: one dict per metric and domain, and per metric over all domains."""
    found = []
    for name, metric in PAIRED.items():
        domains = defaultdict(list)
        for row in rows(connection, PAIRS.format(metric=metric)):
            domains[row["domain"]].append((row["before"], row["after"]))
        domains = dict(domains) | {"all": [pair for pairs in domains.values() for pair in pairs]}
        for domain, pairs in domains.items():
            found.append(
                {
                    "metric": name,
                    "domain": domain,
                    "n": len(pairs),
                    "before": sum(before for before, _ in pairs) / len(pairs),
                    "after": sum(after for _, after in pairs) / len(pairs),
                    **paired_difference(pairs),
                }
            )
    return found


def share(part, whole):
    """A share of cases, each counted once, with its Wilson limits."""
    lower, upper = wilson(part / whole, whole)
    return {"part": int(part), "whole": int(whole), "value": part / whole,
            "lower": lower, "upper": upper}  # fmt: skip


def ticket_shares(case):
    """{what: share} of the table of cases."""
    return {
        "Completed in the first call, as the status says": share(case["in_call"], case["cases"]),
        "... and not reopened later": share(case["in_call_kept"], case["cases"]),
        "Sent on to another group at least once": share(case["moved"], case["cases"]),
        "Escalated to a higher line": share(case["escalated"], case["cases"]),
        "Of those escalated: also sent to a lower line": share(
            case["escalated_and_sent_back"], case["escalated"]
        ),
        "Of those completed: reopened": share(case["reopened"], case["completed"]),
        "Of those completed in the first call: reopened": share(
            case["in_call"] - case["in_call_kept"], case["in_call"]
        ),
        "Of those completed otherwise: reopened": share(case["later_reopened"], case["later"]),
        "Of those escalated before completion: reopened": share(
            case["escalated_reopened"], case["escalated_completed"]
        ),
        "Of those completed without escalation: reopened": share(
            case["stayed_reopened"], case["stayed_completed"]
        ),
    }


def read(tau2, tickets):
    """Everything that the page shows, of the two databases (paths)."""
    with duckdb.connect(str(tau2), read_only=True) as connection:
        data = {
            "tau2": rows(connection, TAU2)[0],
            "target_ms": rows(connection, "select max(target_ms) as ms from int_bot_turns_timed")[
                0
            ]["ms"],
            "domains": estimates(connection, "intents.intent_family"),
            "personas": estimates(
                connection, "personas.persona", "intents.intent_family = 'telecom'"
            ),
            "comparisons": comparisons(connection),
        }
    with duckdb.connect(str(tickets), read_only=True) as connection:
        data["log"] = rows(
            connection,
            "select count(*) as events, count(distinct case_id) as cases from base_tickets__events",
        )[0]
        data["shares"] = ticket_shares(rows(connection, CASES)[0])
        data["lines"] = rows(connection, LINES)
        names = ", ".join(f"'{name}'" for name in TICKET_METRICS)
        data["ticket_metrics"] = rows(
            connection,
            f"""
            select
                glossary.metric_name as name, estimates.unit, estimates.value, estimates.lower_95,
                estimates.upper_95, estimates.n, estimates.status, estimates.status_reason
            from metric_estimates as estimates
            inner join metric_glossary as glossary on estimates.metric_id = glossary.metric_id
            where
                estimates.metric_id in ({names})
                and estimates.period = 'all'
                and estimates.slice_dimension = 'overall'
            order by list_position([{names}], estimates.metric_id)
            """,
        )
    return data
