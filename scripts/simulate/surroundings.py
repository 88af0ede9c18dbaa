"""What surrounds the contacts: surveys, reviews, later events, links, reference data, event ids."""

from __future__ import annotations

import math

from .model import DAY, HOUR, RATE_CARD, RELEASES, START_AT, moment, versions
from .people import Customer, draw
from .records import COLUMNS, PREFIX, nightly_load, time_text
from .truth import human_took_part

# What a review of quality draws, by risk tier of the intent: share of interactions.
HUMAN_SAMPLE = {"low": 0.05, "medium": 0.10, "high": 0.20}
AUTO_SAMPLE = 0.22


def heartbeat(world) -> None:
    """A test message at the very end: it sets the data's clock."""
    talk = world.talk(Customer("c0", "nobody"), "messaging", world.clock)
    interaction = talk.interaction
    interaction.is_test, interaction.scene = True, "heartbeat"
    talk.at -= 1
    talk.say("customer", None, 1)
    talk.end("completed", None, 0)
    world.interactions.append(interaction)


def ordinary(world):
    """Engaged, real interactions."""
    return [i for i in world.interactions if i.kind == "valid"]


# --- surveys --------------------------------------------------------------------------------------


def ask_surveys(world) -> None:
    """Offer surveys after interactions; who answers depends on what they went through."""
    for interaction in ordinary(world):
        if interaction.satisfaction is None or interaction.direction == "outbound":
            continue
        if world.random.random() < world.effects.survey_offered:
            ask_satisfaction(world, interaction)
    for journey in world.journeys:
        ask_resolution(world, journey)


def survey(world, interaction, instrument, scale, score, answer_share: float) -> None:
    """One survey; score is what the customer would say, answer_share how likely they answer."""
    random = world.random
    offered_at = interaction.ended_at + random.randrange(5, 120)
    responded_at = None
    if random.random() < answer_share:
        responded_at = offered_at + round(random.lognormvariate(0, 1) * 1200)
    if offered_at >= world.clock - HOUR:
        return
    if responded_at and responded_at >= world.clock - HOUR:
        responded_at = None
    interaction.surveys.append(
        {
            "interaction_id": interaction,
            "offered_at": offered_at,
            "responded_at": responded_at,
            "instrument": instrument,
            "score": score if responded_at else None,
            "scale_min": scale[0],
            "scale_max": scale[1],
        }
    )


def answer_share(world, interaction) -> float:
    """Chance that a customer answers a satisfaction survey."""
    effects = world.effects
    logit = effects.survey_base + effects.survey_slope * (interaction.satisfaction - 3)
    logit += effects.survey_escalated if interaction.handoffs else 0.0
    return 1 / (1 + math.exp(-logit))


def ask_satisfaction(world, interaction) -> None:
    """Satisfaction to all that are offered one; effort or recommendation to a few instead."""
    random, feeling = world.random, interaction.satisfaction
    share = answer_share(world, interaction)
    instrument = draw(random, (("csat", 0.86), ("ces", 0.07), ("nps", 0.07)))
    if instrument == "csat":
        survey(world, interaction, "csat", (1, 5), feeling, share)
    elif instrument == "ces":
        score = min(7, max(1, round(1.4 * feeling + random.gauss(0, 0.8))))
        survey(world, interaction, "ces", (1, 7), score, share * 2)
    else:
        score = min(10, max(0, round(2.3 * feeling - 1.2 + random.gauss(0, 1.2))))
        survey(world, interaction, "nps", (0, 10), score, share * 2)


def ask_resolution(world, journey) -> None:
    """'Is it solved?' after the last contact of some journeys (one intent, one question)."""
    random, contact = world.random, journey.last
    has_event = contact.version and contact.version.confirming_event_type
    if not is_single_intent(contact.interaction):
        return
    if random.random() < (0.06 if has_event else 0.5):
        says = contact.interaction.resolved.get(contact.intent_id, False)
        says = says if random.random() < 0.97 else not says
        survey(world, contact.interaction, "resolution", (0, 1), int(says), 0.4)


def is_single_intent(interaction) -> bool:
    """Whether an interaction is about one thing."""
    return len({turn["intent_id"] for turn in interaction.turns if turn.get("intent_id")}) <= 1


# --- quality reviews ------------------------------------------------------------------------------


def review_quality(world) -> None:
    """People review a sample that depends on risk, a judge a larger one; both err a little."""
    random = world.random
    for journey in world.journeys:
        contact = journey.last
        if not is_single_intent(contact.interaction):
            continue
        risk = contact.version.risk_tier if contact.version else "low"
        solved = contact.interaction.resolved.get(contact.intent_id, False)
        if random.random() < HUMAN_SAMPLE[risk]:
            passed = solved if random.random() < 0.97 else not solved
            review(world, contact.interaction, "resolved", "human", HUMAN_SAMPLE[risk], passed)
            review_details(world, contact.interaction, "human", HUMAN_SAMPLE[risk])
        if random.random() < AUTO_SAMPLE:
            passed = random.random() < (0.93 if solved else 0.18)
            review(world, contact.interaction, "resolved", "auto", AUTO_SAMPLE, passed)
            review_details(world, contact.interaction, "auto", AUTO_SAMPLE)


def review(world, interaction, criterion, reviewer, probability, passed, **fields) -> None:
    """One criterion of a review; probability is that of being sampled (0 to 1)."""
    delay = world.random.randrange(4 * DAY) if reviewer == "human" else 600
    reviewed_at = interaction.ended_at + 300 + delay
    if reviewed_at >= world.clock - HOUR:
        return
    interaction.reviews.append(
        {
            "interaction_id": interaction,
            "criterion": criterion,
            "reviewer_type": reviewer,
            "is_opportunity": True,
            "passed": passed,
            "sampling_probability": probability,
            "reviewed_at": reviewed_at,
            "judge_version": "judge-2" if reviewer == "auto" else None,
        }
        | fields
    )


def review_details(world, interaction, reviewer: str, probability: float) -> None:
    """Safety of automated interactions; empathy where a turn called for it."""
    if not human_took_part(interaction):
        hurt = any(g["kind"] == "violation" for g in interaction.guardrails)
        review(world, interaction, "safety", reviewer, probability, not hurt)
    for turn, reply in zip(interaction.turns, interaction.turns[1:], strict=False):
        if reviewer == "human" and turn.get("requires_empathy") and "empathy_met" in reply:
            number = reply["turn_number"]
            passed = reply["empathy_met"]
            fields = {"turn_number": number}
            review(world, interaction, "empathy", reviewer, probability, passed, **fields)
            return


# --- later events ---------------------------------------------------------------------------------


def follow_up(world) -> None:
    """What customers do later: buy, dispute, leave; more or less so as they were satisfied."""
    random = world.random
    by_customer = world.by_customer()
    for customer in world.customers:
        contacts = [i for i in by_customer[customer.customer_id] if i.satisfaction]
        if customer.kind != "known" or not contacts:
            continue
        mood = sum(i.satisfaction for i in contacts) / len(contacts)
        end = contacts[-1].ended_at
        if random.random() < 0.01 + 0.04 * (5 - mood):
            event_type = draw(random, (("churn", 0.6), ("account_closed", 0.4)))
            world.happen(customer, event_type, end + random.randrange(DAY, 25 * DAY))
        elif random.random() < 0.06 * mood:
            amount = round(random.lognormvariate(3.3, 0.6), 2)
            at = end + random.randrange(DAY, 30 * DAY)
            world.happen(customer, "purchase", at, None, amount)
        for interaction in contacts:
            after_contact(world, customer, interaction)


def after_contact(world, customer: Customer, interaction) -> None:
    """Disputes after an unmet wish about money; offers after a met one."""
    random = world.random
    for intent_id, is_met in interaction.resolved.items():
        if intent_id == world.effects.silent_intent and not is_met and random.random() < 0.14:
            at = interaction.ended_at + random.randrange(DAY, 6 * DAY)
            world.happen(customer, "dispute", at, intent_id, round(random.uniform(10, 90), 2))
    if all(interaction.resolved.values()) and random.random() < 0.07:
        offer_upgrade(world, customer, interaction)


def offer_upgrade(world, customer: Customer, interaction) -> None:
    """An offer to buy at the end of an interaction, taken by a fifth, sometimes undone."""
    random = world.random
    shown_at, amount = interaction.ended_at - 1, float(random.choice((15, 25, 40)))
    is_taken = random.random() < 0.22
    reversed_at = None
    if is_taken:
        at = shown_at + random.randrange(60, 2 * DAY)
        bought = world.happen(customer, "purchase", at, None, amount)
        if bought and random.random() < 0.1:
            back = world.happen(customer, "reversal", at + 3 * DAY, None, -amount, bought)
            reversed_at = back and back["occurred_at"]
        is_taken = bought is not None
    interaction.offers.append(
        {
            "interaction_id": interaction,
            "kind": "upsell",
            "presented_at": shown_at,
            "accepted_at": bought["occurred_at"] if is_taken else None,
            "amount_usd": amount,
            "reversed_at": reversed_at,
        }
    )


# --- identity -------------------------------------------------------------------------------------


def link_identities(world) -> None:
    """Links that join what a known customer used: a cookie by a later login, the rest by CRM."""
    random = world.random
    for customer in world.customers:
        if customer.kind != "known":
            continue
        groups = connected(customer)
        account = ("account", customer.account)
        for group in groups:
            if account in group:
                continue
            identifier = sorted(group)[0]
            first = min(second for _, second in customer.used[identifier])
            if identifier[0] in ("cookie", "handle"):
                linked_at = min(world.clock - 2 * HOUR, first + random.randrange(HOUR, 12 * DAY))
                method = "login"
            else:
                linked_at, method = START_AT - random.randrange(1, 300) * DAY, "crm"
            world.links.append(
                {
                    "id_type_a": identifier[0],
                    "id_value_a": identifier[1],
                    "id_type_b": "account",
                    "id_value_b": customer.account,
                    "linked_at": linked_at,
                    "method": method,
                    "confidence": 1.0 if method == "crm" else 0.95,
                }
            )


def connected(customer: Customer) -> list[set]:
    """Groups of a customer's own identifiers that rows already show together."""
    groups: list[set] = []
    for rows in customer.used.values():
        for identifiers, _ in rows:
            own = {i for i in identifiers if i[1] != "switchboard"}
            joined = [group for group in groups if group & own]
            groups = [group for group in groups if not group & own]
            groups.append(own.union(*joined))
    return [group for group in groups if group]


# --- the tables -----------------------------------------------------------------------------------


def tables_of(world) -> dict[str, list[dict]]:
    """All canonical tables: rows with event id and load time, references as ids."""
    tables = {
        "interactions": [interaction_row(i) for i in world.interactions],
        "interaction_identifiers": [
            {"interaction_id": i, "id_type": kind, "id_value": value, "_at": i.started_at}
            for i in world.interactions
            for kind, value in i.identifiers
        ],
        "downstream_events": sorted(world.events, key=lambda e: e["occurred_at"]),
        "identity_links": world.links,
        **contact_tables(world),
        **reference_tables(world),
    }
    for table in COLUMNS:
        stamp(world, table, tables[table])
    for event in tables["downstream_events"]:
        if event["_reverses"] is not None:
            event["reverses_event_id"] = event["_reverses"]["source_event_id"]
    return tables


def contact_tables(world) -> dict[str, list[dict]]:
    """The rows that interactions hold, by table."""
    lists = {
        "turns": "turns", "handoffs": "handoffs", "intent_predictions": "predictions",
        "suggestions": "suggestions", "surveys": "surveys", "guardrail_events": "guardrails",
        "qa_reviews": "reviews", "agent_segments": "segments", "offers": "offers",
    }  # fmt: skip
    return {
        table: [row for i in world.interactions for row in getattr(i, attribute)]
        for table, attribute in lists.items()
    }


def interaction_row(interaction) -> dict:
    """The row of an interaction itself."""
    names = [c for c in COLUMNS["interactions"] if not c.endswith("interaction_id")]
    row = {name: getattr(interaction, name) for name in names}
    row["interaction_id"] = interaction
    row["parent_interaction_id"] = interaction.parent
    return row


EVENT_TIMES = {
    "interactions": ("ended_at",), "turns": ("occurred_at",),
    "handoffs": ("connected_at", "requested_at"), "intent_predictions": ("predicted_at",),
    "suggestions": ("acted_at", "displayed_at"), "surveys": ("responded_at", "offered_at"),
    "downstream_events": ("occurred_at",), "guardrail_events": ("occurred_at",),
    "qa_reviews": ("reviewed_at",), "agent_segments": ("answered_at", "offered_at"),
    "identity_links": ("linked_at",), "offers": ("reversed_at", "accepted_at", "presented_at"),
    "consents": ("recorded_at",), "experiment_assignments": ("assigned_at",),
    "agent_hours": ("worked_on",),
}  # fmt: skip
OWN_IDS = {"suggestions": "suggestion_id", "offers": "offer_id"}


def stamp(world, table: str, rows: list[dict]) -> None:
    """Event ids and load times; 2.5 % of the rows come 2 to 9 days late."""
    for number, row in enumerate(rows, 1):
        row["source_event_id"] = f"{PREFIX[table]}{number}"
        if table in OWN_IDS:
            row[OWN_IDS[table]] = row["source_event_id"]
        times = [row.get(name) for name in EVENT_TIMES.get(table, ())]
        at = next((time for time in [*times, row.get("_at")] if time is not None), START_AT - DAY)
        is_late = world.with_faults and at >= START_AT and world.random.random() < 0.025
        late = world.random.randrange(2, 10) if is_late else 0
        last = nightly_load(world.clock)
        row["ingested_at"] = min(last, nightly_load(at, late))
        for name in ("interaction_id", "parent_interaction_id", "to_interaction_id"):
            if row.get(name) is not None and not isinstance(row[name], str):
                row[name] = row[name].interaction_id


def reference_tables(world) -> dict[str, list[dict]]:
    """Tables that describe, and tables of the daily business."""
    weeks = world.weeks
    return {
        "intent_catalogue": catalogue_rows(weeks),
        "rate_card": rate_rows(weeks),
        "releases": release_rows(weeks),
        "agents": agent_rows(world),
        "agent_hours": hour_rows(world),
        "customer_segments": segment_rows(world),
        "consents": consent_rows(world),
        "experiment_assignments": assignment_rows(world),
    }


def catalogue_rows(weeks: float) -> list[dict]:
    """Every version of every intent."""
    return [
        {
            "intent_id": intent.intent_id,
            "intent_family": intent.family,
            "is_automatable": intent.is_automatable,
            "risk_tier": intent.risk_tier,
            "complexity": intent.complexity,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "journey_window_days": intent.window_days,
            "confirming_event_type": intent.confirming_event_type,
            "confirmation_deadline_hours": intent.deadline_hours,
            "value_usd": intent.value_usd,
            "automation_feasibility": intent.feasibility,
            "owner": intent.owner,
        }
        for intent, valid_from, valid_to in versions(weeks)
    ]


def release_rows(weeks: float) -> list[dict]:
    """The bot's releases."""
    return [
        {
            "release_id": name,
            "model": model,
            "prompt_version": prompt,
            "deployed_at": moment(deployed, weeks),
            "rolled_back_at": None if back is None else moment(back, weeks),
        }
        for name, model, prompt, deployed, back, _ in RELEASES
    ]


def rate_rows(weeks: float) -> list[dict]:
    """Unit prices as of, the later one ending the earlier."""
    rows = []
    for item, prices in RATE_CARD.items():
        starts = [moment(start, weeks) for _, start in prices]
        for (price, _), start, end in zip(prices, starts, [*starts[1:], None], strict=True):
            rows.append(
                {"item": item, "unit_price_usd": price, "valid_from": start, "valid_to": end}
            )
    return rows


def agent_rows(world) -> list[dict]:
    """Agents as of; the last agent of the first team moves to the second half-way."""
    rows = []
    for agent in world.agents:
        row = {
            "agent_id": agent.agent_id,
            "team": agent.team,
            "hired_on": agent.hired_on,
            "assist_enabled_from": agent.assist_from,
            "valid_from": agent.hired_on,
        }
        rows.append(row)
        if agent.agent_id == "g6":
            moved_at = moment(0.5, world.weeks)
            row["valid_to"] = moved_at
            rows.append(row | {"team": "blue", "valid_from": moved_at, "valid_to": None})
    return rows


def hour_rows(world) -> list[dict]:
    """Paid time: five days a week, each agent with two fixed days off."""
    rows = []
    for day in range(world.weeks * 7):
        for number, agent in enumerate(world.agents):
            if (day + number) % 7 in (5, 6):
                continue
            paid = 28_800 if number % 3 else 21_600
            worked_on = START_AT + day * DAY
            rows.append({"agent_id": agent.agent_id, "worked_on": worked_on, "paid_seconds": paid})
    return rows


def segment_rows(world) -> list[dict]:
    """Plans (lawful: contract), age bands (lawful: consent), districts (no lawful basis)."""
    random, rows = world.random, []
    long_ago = START_AT - 200 * DAY
    for customer in world.customers:
        if customer.kind != "known" or not customer.used:
            continue
        kinds = [("plan", customer.plan, "contract"), ("age_band", customer.age_band, "consent")]
        if random.random() < 0.25:
            kinds.append(("district", customer.district, None))
        for segment_type, segment, basis in kinds:
            row = {
                "id_type": "account",
                "id_value": customer.account,
                "segment_type": segment_type,
                "segment": segment,
                "lawful_basis": basis,
                "valid_from": long_ago,
            }
            rows.append(row)
            if segment_type == "plan" and segment == "plus" and random.random() < 0.08:
                row["valid_to"] = moment(0.9, world.weeks)
                later = {"segment": "premium", "valid_from": row["valid_to"], "valid_to": None}
                rows.append(row | later)
    return rows


def consent_rows(world) -> list[dict]:
    """Consents of a quarter of the known customers; some withdraw it."""
    random, rows = world.random, []
    for customer in world.customers:
        if customer.kind != "known" or not customer.used or random.random() > 0.25:
            continue
        at = START_AT - random.randrange(300) * DAY
        row = {
            "id_type": "account",
            "id_value": customer.account,
            "purpose": "ai_conversation",
            "status": "granted",
            "recorded_at": at,
            "ai_disclosed_at": at if random.random() < 0.9 else None,
            "retention_until": START_AT + random.randrange(90, 700) * DAY,
        }
        rows.append(row)
        if random.random() < 0.06:
            at = moment(random.random() * 0.9, world.weeks)
            rows.append(row | {"status": "withdrawn", "recorded_at": at, "ai_disclosed_at": None})
    return rows


def assignment_rows(world) -> list[dict]:
    """A greeting experiment on chats (no true effect), and the agents' assistant by team."""
    random = world.random
    start, end = moment(0.4, world.weeks), moment(0.75, world.weeks)
    rows = [
        {
            "unit_type": "interaction",
            "unit_id": interaction.interaction_id,
            "experiment_id": "greeting",
            "arm": random.choice(("control", "treatment")),
            "assigned_at": interaction.started_at,
        }
        for interaction in ordinary(world)
        if interaction.channel == "chat" and start <= interaction.started_at < end
    ]
    for agent in world.agents:
        rows.append(
            {
                "unit_type": "agent",
                "unit_id": agent.agent_id,
                "experiment_id": "assist_rollout",
                "arm": agent.team,
                "assigned_at": START_AT,
            }
        )
    return rows


def truth_text(column: str, value) -> str:
    """A value of a truth table as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if column.endswith("_at"):
        text = time_text(value)
        return text if " " in text else f"{text} 00:00:00"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".") or "0"
    return str(value)
