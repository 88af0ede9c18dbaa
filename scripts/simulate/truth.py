"""What is true of a world, worked out from the generator's own objects and never from the SQL.

A contact is one interaction and one intent in it; a journey is the contacts of one true customer in
one intent family, cut where the journey window has passed. Times are seconds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .model import (
    DAY,
    DEFAULT_DEADLINE_HOURS,
    DEFAULT_WINDOW_DAYS,
    HOUR,
    Intent,
    versions,
)

FORCED = {"max_turns", "policy_cutoff", "error"}
LEFT = {"customer_left", "timeout"}
HUMANS = {"agent", "specialist"}
TRACKED = ("talk_seconds", "hold_seconds", "wrap_seconds")


@dataclass
class Contact:
    """One intent of one interaction."""

    interaction: object
    intent_id: str
    started_at: int
    ended_at: int
    turns: list
    version: Intent | None = None
    family: str = ""
    journey: Journey | None = None

    @property
    def window_seconds(self) -> float:
        """How long after its end another contact still belongs to the journey."""
        days = self.version.window_days if self.version else None
        return (DEFAULT_WINDOW_DAYS if days is None else days) * DAY

    @property
    def deadline_seconds(self) -> float:
        """How long after its end the confirming event still counts."""
        hours = self.version.deadline_hours if self.version else None
        return (DEFAULT_DEADLINE_HOURS if hours is None else hours) * HOUR


@dataclass
class Journey:
    """The contacts of one customer in one family, none later than a window after the others."""

    journey_id: str
    contacts: list[Contact] = field(default_factory=list)

    @property
    def first(self) -> Contact:
        """The contact that started first."""
        return self.contacts[0]

    @property
    def last(self) -> Contact:
        """The contact that ends last, which need not be the one that started last."""
        number = max(range(len(self.contacts)), key=lambda n: (self.contacts[n].ended_at, n))
        return self.contacts[number]

    @property
    def deadline_at(self) -> float:
        """Until when a confirming event counts: the last contact's end and its deadline."""
        return self.last.ended_at + self.last.deadline_seconds

    @property
    def started_at(self) -> int:
        """Start of the first contact."""
        return self.first.started_at

    @property
    def ended_at(self) -> int:
        """Latest end of a contact."""
        return max(contact.ended_at for contact in self.contacts)

    @property
    def interactions(self) -> list:
        """The interactions of its contacts, each once."""
        return list({id(c.interaction): c.interaction for c in self.contacts}.values())


def catalogue_version(world, intent_id: str, second: int) -> Intent | None:
    """The catalogue's version of an intent that was valid at a second."""
    for intent, valid_from, valid_to in versions(world.weeks):
        is_valid = second >= valid_from and (valid_to is None or second < valid_to)
        if intent.intent_id == intent_id and is_valid:
            return intent
    return None


def contacts_of(world, interaction) -> list[Contact]:
    """Contacts of an interaction: its turns by the intent they belong to."""
    by_intent: dict[str, list] = {}
    named = [turn["intent_id"] for turn in interaction.turns if turn.get("intent_id")]
    current = named[0] if named else "no_intent"
    for turn in interaction.turns:
        current = turn.get("intent_id") or current
        by_intent.setdefault(current, []).append(turn)
    found = []
    for intent_id, turns in by_intent.items():
        times = [turn["occurred_at"] for turn in turns]
        contact = Contact(interaction, intent_id, min(times), max(times), turns)
        contact.version = catalogue_version(world, intent_id, contact.started_at)
        if contact.version:
            contact.family = contact.version.family
        else:
            contact.family = "no_intent" if intent_id == "no_intent" else "uncatalogued"
        found.append(contact)
    return found


def journeys_of(world) -> list[Journey]:
    """Every journey of a world, in the order of customer, family and start."""
    by_owner = defaultdict(list)
    for interaction in world.interactions:
        if interaction.is_engaged and not interaction.is_test:
            for contact in contacts_of(world, interaction):
                by_owner[interaction.customer, contact.family].append(contact)
    journeys = []
    for owner in sorted(by_owner):
        reach = None
        ordered = sorted(
            by_owner[owner], key=lambda c: (c.started_at, c.interaction.number, c.intent_id)
        )
        for contact in ordered:
            if reach is None or contact.started_at > reach:
                journeys.append(Journey(f"j{len(journeys) + 1}"))
            until = contact.ended_at + contact.window_seconds
            reach = max(reach or until, until)
            contact.journey = journeys[-1]
            journeys[-1].contacts.append(contact)
    return journeys


def human_took_part(interaction) -> bool:
    """An agent spoke, answered, or was connected by a handoff."""
    return (
        any(turn["actor_type"] == "agent" for turn in interaction.turns)
        or any(segment.get("answered_at") is not None for segment in interaction.segments)
        or any(h["status"] == "connected" and h["to_type"] in HUMANS for h in interaction.handoffs)
    )


def assistance_used(interaction) -> bool:
    """Context handed over was used, or a suggestion was."""
    for handoff in interaction.handoffs:
        used = handoff.get("is_context_used")
        if used is None:
            used = (handoff.get("context_fields_passed") or 0) > 0
        if handoff["status"] == "connected" and used:
            return True
    return any(s.get("action") in {"accepted", "edited"} for s in interaction.suggestions)


def handling_path(journey: Journey) -> str:
    """Who handled a journey; AI assists only where a human takes part in the same contact."""
    with_human = [i for i in journey.interactions if human_took_part(i)]
    if not with_human:
        return "automation"
    return "assisted" if any(assistance_used(i) for i in with_human) else "human_only"


class Events:
    """The downstream events of each true customer, and when each was reversed."""

    def __init__(self, world) -> None:
        self.by_customer = defaultdict(list)
        self.types = {event["event_type"] for event in world.events}
        self.reversed_at: dict[int, int] = {}
        for event in world.events:
            self.by_customer[event["_customer"]].append(event)
            if event["event_type"] == "reversal":
                key = id(event["_reverses"])
                first = self.reversed_at.get(key, event["occurred_at"])
                self.reversed_at[key] = min(first, event["occurred_at"])

    def confirm(self, journey: Journey) -> bool:
        """Whether the event that the catalogue names came before the deadline and stayed."""
        version = journey.first.version
        until = journey.deadline_at
        return any(
            event["event_type"] == version.confirming_event_type
            and event.get("intent_id") in (None, journey.first.intent_id)
            and journey.started_at <= event["occurred_at"] <= until
            and not self.reversed_at.get(id(event), until + 1) <= until
            for event in self.by_customer[journey.first.interaction.customer]
        )


def shows_who(journey: Journey) -> bool:
    """Whether the customer left anything of their own by which another system could know them."""
    shown = {i for contact in journey.contacts for i in contact.interaction.identifiers}
    return any(value != "switchboard" for _, value in shown)


def is_awaited(journey: Journey, events: Events) -> bool:
    """Whether the journey's confirming event would be told, had it happened.

    Of a stranger no system could tell it, and of what no system records there is no telling.
    """
    version = journey.first.version
    return bool(version and version.confirming_event_type in events.types and shows_who(journey))


def evidence(world, journey: Journey, events: Events) -> tuple[str, bool | None]:
    """Grade of the strongest evidence and what it says: resolved, not, or nothing."""
    if is_awaited(journey, events):
        is_confirmed = events.confirm(journey)
        if is_confirmed or world.clock >= journey.deadline_at:
            return "system_event", is_confirmed
    end = journey.last.interaction
    for survey in end.surveys:
        if survey["instrument"] == "resolution" and survey["responded_at"] is not None:
            return "customer_confirmed", survey["score"] == 1
    for reviewer, grade in (("human", "human_qa"), ("auto", "auto_qa")):
        for review in end.reviews:
            if review["criterion"] == "resolved" and review["reviewer_type"] == reviewer:
                return grade, review["passed"]
    return "silence", None


def is_mature(world, journey: Journey) -> bool:
    """Whether the data's clock has passed every window and deadline of a journey."""
    return all(
        world.clock >= contact.ended_at + max(contact.window_seconds, contact.deadline_seconds)
        for contact in journey.contacts
    )


def is_frustrated(contact: Contact) -> bool:
    """Signs of frustration: a bad last mood, two misunderstandings, a human refused."""
    moods = [
        turn["sentiment"]
        for turn in contact.turns
        if turn["actor_type"] == "customer" and turn.get("sentiment") is not None
    ]
    signs = sum(
        bool(turn.get(name))
        for turn in contact.turns
        for name in ("is_no_match", "is_repeat", "is_clarification")
    )
    refused = any(
        handoff["requested_by"] == "customer" and handoff["status"] in {"refused", "failed"}
        for handoff in contact.interaction.handoffs
    )
    return bool(moods and moods[-1] <= -0.5) or signs >= 2 or refused


def is_closing(contact: Contact) -> bool:
    """Whether the contact was the one under way when its interaction ended."""
    return contact.ended_at == max(turn["occurred_at"] for turn in contact.interaction.turns)


def closing_reason(contact: Contact) -> str | None:
    """How the interaction ended, for the one of its contacts that was under way at the time."""
    return contact.interaction.end_reason if is_closing(contact) else None


def declared(contact: Contact) -> str | None:
    """What was declared at the end: success of everything, failure of what was under way."""
    said = contact.interaction.declared_outcome
    return said if said == "resolved" or is_closing(contact) else None


def is_left_by_customer(contact: Contact) -> bool:
    """The customer went without an answer."""
    said = declared(contact)
    return said == "abandoned" or (closing_reason(contact) in LEFT and said != "resolved")


def is_left_with_human(contact: Contact) -> bool:
    """A human still owns the case."""
    handoffs = contact.interaction.handoffs
    latest = max(handoffs, key=lambda h: h["requested_at"], default={"status": None})
    return (
        declared(contact) == "escalated"
        or closing_reason(contact) == "transferred"
        or latest["status"] == "deferred"
    )


def outcome(world, journey: Journey, is_resolved: bool | None) -> str:
    """The outcome ladder: the first rung that holds. is_resolved: what the evidence says."""
    last = journey.last
    if not is_mature(world, journey):
        return "open"
    if closing_reason(last) in FORCED:
        return "forced_termination"
    if is_left_with_human(last) and not is_resolved:
        return "escalated"
    if is_left_by_customer(last) and (is_frustrated(last) or not is_resolved):
        return "abandoned"
    is_declared = declared(last) == "resolved"
    if is_resolved or (is_resolved is None and is_declared):
        return "resolved"
    return "ambiguous"


def interaction_cost(world, interaction) -> float:
    """Cost of an interaction at the rates of its start, US dollars."""
    rate = world.rates(interaction.started_at)
    cost = sum(turn_cost(turn, rate) for turn in interaction.turns)
    minutes = sum((s.get(k) or 0) for s in interaction.segments for k in TRACKED) / 60
    cost += minutes * rate["agent_minute"] * (1 + rate["overhead_share"])
    if any(turn["actor_type"] == "bot" for turn in interaction.turns):
        cost += rate["bot_licence_interaction"]
    cost += sum(rate[f"qa_review_{review['reviewer_type']}"] for review in interaction.reviews)
    return cost


def turn_cost(turn: dict, rate: dict) -> float:
    """Cost of a turn: as reported, else its tokens at the rates."""
    if turn.get("cost_usd") is not None:
        return turn["cost_usd"]
    return (turn.get("input_tokens") or 0) * rate["input_token"] + (
        turn.get("output_tokens") or 0
    ) * rate["output_token"]


def contact_cost(world, contact: Contact) -> float:
    """A contact's share, by turns, of what its interaction cost."""
    share = len(contact.turns) / len(contact.interaction.turns)
    return interaction_cost(world, contact.interaction) * share


def truth_of(world) -> dict[str, list[dict]]:
    """The truth tables: contacts, journeys, interactions."""
    events = Events(world)
    contacts, journeys = [], []
    for journey in world.journeys:
        grade, is_resolved = evidence(world, journey, events)
        result = outcome(world, journey, is_resolved)
        path = handling_path(journey)
        version = journey.first.version
        journeys.append(
            {
                "journey_id": journey.journey_id,
                "customer": journey.first.interaction.customer,
                "intent_family": journey.first.family,
                "intent_id": journey.first.intent_id,
                "started_at": journey.started_at,
                "ended_at": journey.ended_at,
                "contacts": len(journey.contacts),
                "outcome": result,
                "is_rage_quit": result == "abandoned" and is_frustrated(journey.last),
                "handling_path": path,
                "evidence_grade": grade,
                "is_actually_resolved": is_resolved,
                "is_vendor_contained": not human_took_part(journey.first.interaction),
                "is_audited_contained": bool(
                    version
                    and version.is_automatable
                    and path == "automation"
                    and result == "resolved"
                    and grade != "silence"
                ),
                "cost_usd": sum(contact_cost(world, c) for c in journey.contacts),
            }
        )
        for contact in journey.contacts:
            interaction = contact.interaction
            contacts.append(
                {
                    "interaction_id": interaction.interaction_id,
                    "intent_id": contact.intent_id,
                    "customer": interaction.customer,
                    "journey_id": journey.journey_id,
                    "is_resolved": interaction.resolved.get(contact.intent_id, False),
                    "satisfaction": interaction.satisfaction,
                    "cost_usd": contact_cost(world, contact),
                }
            )
    interactions = [
        {
            "interaction_id": interaction.interaction_id,
            "customer": interaction.customer,
            "kind": interaction.kind,
            "cost_usd": interaction_cost(world, interaction),
        }
        for interaction in world.interactions
    ]
    return {"contacts": contacts, "journeys": journeys, "interactions": interactions}
