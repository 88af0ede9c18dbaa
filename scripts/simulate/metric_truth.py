"""Metrics of a world as they truly are, from the generator's own objects and never from the SQL.

What a company sees only of a sample (labels, reviews, answers) is here of everybody.
"""

from __future__ import annotations

from collections import defaultdict

from .truth import (
    Events,
    contact_cost,
    declared,
    evidence,
    handling_path,
    human_took_part,
    outcome,
    shows_who,
)

FAILURES = {
    "complaint": {"complaint"},
    "reversal": {"reversal", "refund_issued"},
    "dispute": {"dispute"},
    "closure_or_churn": {"account_closed", "churn"},
}


def metric_sums(world) -> dict[str, tuple[float, float]]:
    """{metric_id: (numerator, denominator)}, summed over the mature units of a world."""
    sums = defaultdict(lambda: [0.0, 0.0])

    def add(metric_id, numerator, denominator=1.0):
        sums[metric_id][0] += numerator
        sums[metric_id][1] += denominator

    events = Events(world)
    for journey in world.journeys:
        grade, proof = evidence(world, journey, events)
        result = outcome(world, journey, proof)
        if result == "open":
            continue
        path = handling_path(journey)
        is_confirmed = result == "resolved" and grade != "silence"
        add_containment(add, journey, path, result, grade)
        for metric_id, its_path in (
            ("queue_mix_automated_share", "automation"),
            ("queue_mix_assisted_share", "assisted"),
            ("queue_mix_human_only_share", "human_only"),
        ):
            add(metric_id, path == its_path)
        cost = sum(contact_cost(world, contact) for contact in journey.contacts)
        add("cost_per_resolved_intent", cost, is_confirmed)
        add_accuracy(add, journey, grade, proof)
        add_silent_failures(add, journey, events)
        if path == "automation" and result == "resolved":
            found = [e for contact in journey.contacts for e in guardrails_of(contact)]
            add("safe_automation_rate", not found)
            is_violated = any(e["kind"] == "violation" for e in found)
            add("safe_automation_rate_hard_violations", not is_violated)
    add_turns_and_guesses(add, world)
    for interaction in world.interactions:
        if interaction.kind != "test":
            add("unengaged_rate", interaction.kind == "unengaged")
        if interaction.kind == "valid" and interaction.satisfaction is not None:
            add("conversational_csat", interaction.satisfaction)
            add("survey_csat", interaction.satisfaction)
    return {metric_id: tuple(pair) for metric_id, pair in sums.items()}


def add_containment(add, journey, path, result, grade) -> None:
    """Journeys whose intent was automatable: contained as vendors count, and audited."""
    version = journey.first.version
    if not (version and version.is_automatable):
        return
    vendor = not human_took_part(journey.first.interaction)
    is_silent = grade == "silence"
    audited = path == "automation" and result == "resolved" and not is_silent
    add("containment_rate", audited)
    add("containment_rate_vendor", vendor)
    add("containment_inflation", vendor - audited)
    is_bound = result == "resolved" or (result == "ambiguous" and is_silent)
    add("containment_rate_silence_as_success", path == "automation" and is_bound)


def add_accuracy(add, journey, grade, proof) -> None:
    """What was last declared against the confirming event, or else the customer's true state."""
    said = [outcome for c in journey.contacts if (outcome := declared(c)) is not None]
    if not said:
        return
    last = journey.last
    is_resolved = proof
    if grade != "system_event":
        is_resolved = last.interaction.resolved.get(last.intent_id, False)
    says_resolved = said[-1] == "resolved"
    add("resolution_accuracy", says_resolved == is_resolved)
    if says_resolved:
        add("resolution_precision", is_resolved)
    if is_resolved:
        add("resolution_recall", says_resolved)


def add_silent_failures(add, journey, events) -> None:
    """Declared successes of customers who would be recognised, and what followed in the window."""
    declaring = next((c for c in journey.contacts if declared(c)), None)
    if not declaring or declared(declaring) != "resolved" or not shows_who(journey):
        return
    version = journey.first.version
    since, until = declaring.ended_at, declaring.ended_at + declaring.window_seconds
    later = {
        event["event_type"]
        for event in events.by_customer[journey.first.interaction.customer]
        if since < event["occurred_at"] <= until
        and event.get("intent_id") in (None, journey.first.intent_id)
        and event["event_type"] != (version and version.confirming_event_type)
    }
    causes = {cause: bool(types & later) for cause, types in FAILURES.items()}
    causes["recontact"] = any(
        since < contact.started_at <= until
        and contact.interaction is not declaring.interaction
        and contact.interaction.direction == "inbound"
        and contact.interaction.parent is None
        for contact in journey.contacts
    )
    for cause, has_followed in causes.items():
        add(f"silent_failure_{cause}", has_followed)
    add("silent_failure_rate", any(causes.values()))


def guardrails_of(contact) -> list[dict]:
    """Guardrail events of a contact's own turns."""
    numbers = {turn["turn_number"] for turn in contact.turns}
    return [e for e in contact.interaction.guardrails if e["turn_number"] in numbers]


def add_turns_and_guesses(add, world) -> None:
    """The bot's turns with their violations (nobody reviews agents for safety); first guesses."""
    for journey in world.journeys:
        for contact in journey.contacts:
            turns = sum(turn["actor_type"] == "bot" for turn in contact.turns)
            found = guardrails_of(contact)
            violations = [e for e in found if e["kind"] == "violation"]
            add("violation_rate", 1000 * len(violations), turns)
            add("near_miss_rate", 1000 * (len(found) - len(violations)), turns)
            severe = sum(e["severity"] == 1 for e in violations)
            add("violation_rate_severity_1", 1000 * severe, turns)
            add_guess(add, world, contact)


def add_guess(add, world, contact) -> None:
    """Whether the first guess about a contact was right: its intent, or none where it has none."""
    numbers = {turn["turn_number"] for turn in contact.turns}
    guesses = [
        row
        for row in contact.interaction.predictions
        if row["rank"] == 1 and row["turn_number"] in numbers
    ]
    if guesses:
        first = min(guesses, key=lambda row: row["turn_number"])
        right = contact.intent_id if contact.intent_id in world.intent_ids else None
        add("intent_recognition_accuracy", first["intent_id"] == right)
