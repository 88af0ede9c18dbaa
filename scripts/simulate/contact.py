"""One contact session: how a bot and an agent talk with a customer, turn by turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from .model import (
    DAY,
    HOUR,
    NO_INTENT_DEMAND,
    PERSONAL_DATA,
    PHRASES,
    POLICIES,
    UNCATALOGUED_INTENT,
    release_at,
)
from .people import draw

# Median pause before a turn, seconds, by channel and speaker.
PAUSES = {
    "voice": {"customer": 7, "bot": 2, "agent": 9, "system": 1},
    "chat": {"customer": 22, "bot": 2, "agent": 25, "system": 1},
    "messaging": {"customer": 260, "bot": 4, "agent": 420, "system": 2},
    "email": {"customer": 9000, "bot": 40, "agent": 12_000, "system": 5},
}
# Median wait for an agent, seconds.
WAITS = {"voice": 55, "chat": 30, "messaging": 900, "email": 9000}


@dataclass
class Interaction:
    """One contact session with its rows; times in seconds."""

    customer: str
    channel: str
    started_at: int
    direction: str = "inbound"
    trigger: str = "customer"
    ended_at: int | None = None
    end_reason: str | None = None
    parent: Interaction | None = None
    locale: str = "en"
    is_test: bool = False
    declared_outcome: str | None = None
    declared_at: int | None = None
    queue_id: str | None = None
    identifiers: list = field(default_factory=list)
    turns: list = field(default_factory=list)
    handoffs: list = field(default_factory=list)
    predictions: list = field(default_factory=list)
    suggestions: list = field(default_factory=list)
    segments: list = field(default_factory=list)
    guardrails: list = field(default_factory=list)
    reviews: list = field(default_factory=list)
    surveys: list = field(default_factory=list)
    offers: list = field(default_factory=list)
    # Truth: which of its intents are resolved by its end, and the customer's satisfaction (1-5).
    resolved: dict = field(default_factory=dict)
    satisfaction: int | None = None
    number: int = 0
    scene: str = ""

    @property
    def interaction_id(self) -> str:
        """The id in the raw tables."""
        return f"i{self.number}"

    @property
    def is_engaged(self) -> bool:
        """Whether the customer said anything."""
        return any(turn["actor_type"] == "customer" for turn in self.turns)

    @property
    def kind(self) -> str:
        """Valid, test or unengaged: only valid ones are in journeys."""
        if self.is_test:
            return "test"
        return "valid" if self.is_engaged else "unengaged"


class Talk:
    """Plays one interaction: says turns, hands over, ends."""

    def __init__(self, world, customer, channel: str, started_at: int, **fields) -> None:
        self.world = world
        self.random = world.random
        self.effects = world.effects
        self.customer = customer
        self.at = started_at
        self.interaction = Interaction(customer.customer_id, channel, started_at, **fields)
        self.release, self.accuracy = release_at(started_at, world.weeks)
        # What lowers satisfaction: clarifications, repeats, seconds waited, handoffs.
        self.trouble = 0.0
        self.wait = 0.0

    # --- turns ----------------------------------------------------------------------------------

    def say(self, actor: str, actor_id: str | None = None, pause: float | None = None, **fields):
        """A turn; pause None draws one for the channel and the speaker."""
        interaction = self.interaction
        if pause is None:
            median = PAUSES[interaction.channel][actor]
            pause = self.random.lognormvariate(0, 0.6) * median
        self.at += max(1, round(pause))
        turn = {
            "interaction_id": interaction,
            "turn_number": len(interaction.turns) + 1,
            "actor_type": actor,
            "actor_id": actor_id,
            "occurred_at": self.at,
            **fields,
        }
        interaction.turns.append(turn)
        return turn

    def bot(self, **fields):
        """A bot's turn with its latency, tokens and cost (some platforms report tokens only)."""
        random = self.random
        tokens_in, tokens_out = random.randrange(300, 1500), random.randrange(20, 160)
        rate = self.world.rates(self.interaction.started_at)
        cost = round(tokens_in * rate["input_token"] + tokens_out * rate["output_token"], 6)
        costs = {"input_tokens": tokens_in, "output_tokens": tokens_out}
        if self.release != "v1" or random.random() < 0.5:
            costs = {"cost_usd": cost}
        return self.say(
            "bot",
            "bot",
            latency_ms=round(random.lognormvariate(6.7, 0.5)),
            release_id=self.release,
            **costs,
            **fields,
        )

    def ask(self, intent_id: str | None, mood: float = 0.0, **fields):
        """A customer's turn; mood is its sentiment (-1 to 1) before noise."""
        random = self.random
        text = None
        if random.random() < 0.14:
            text = PHRASES.get(intent_id or "", "any news?")
            if random.random() < 0.22:
                text = f"{text} {random.choice(PERSONAL_DATA)}"
        sentiment = max(-1.0, min(1.0, random.gauss(mood, 0.28)))
        turn = self.say(
            "customer",
            None,
            intent_id=intent_id or None,
            sentiment=round(sentiment, 2),
            text_redacted=text,
            **fields,
        )
        if sentiment < -0.45:
            turn["requires_empathy"] = True
        return turn

    def needs_empathy(self) -> bool:
        """Whether the latest turn calls for empathy."""
        turns = [t for t in self.interaction.turns if t["actor_type"] != "system"]
        return bool(turns and turns[-1].get("requires_empathy"))

    def empathy(self, chance: float) -> dict:
        """The field that says whether a reply met the rubric, where it called for empathy."""
        return {"empathy_met": self.random.random() < chance} if self.needs_empathy() else {}

    # --- the bot ----------------------------------------------------------------------------------

    def predict(self, turn: dict, intent_id: str, is_right: bool) -> str | None:
        """The bot's guess of an intent, with an adjudicated label for a sample."""
        random, world = self.random, self.world
        in_catalogue = intent_id in world.intent_ids
        if not in_catalogue:
            is_right = random.random() < 0.5
            guess = None if is_right else random.choice(world.intent_ids)
        elif is_right:
            guess = intent_id
        else:
            guess = random.choice([i for i in world.intent_ids if i != intent_id] + [None])
        confidence = random.betavariate(9, 2) if is_right else random.betavariate(4, 3)
        label = (intent_id if in_catalogue else "out_of_scope") if random.random() < 0.4 else None
        row = {
            "interaction_id": self.interaction,
            "turn_number": turn["turn_number"],
            "predicted_at": turn["occurred_at"],
            "release_id": self.release,
        }
        self.interaction.predictions.append(
            row
            | {
                "intent_id": guess,
                "confidence": round(confidence, 2),
                "rank": 1,
                "labelled_intent_id": label,
                "label_source": "human" if label else None,
            }
        )
        if guess and random.random() < 0.15:
            second = random.choice([i for i in world.intent_ids if i != guess])
            self.interaction.predictions.append(
                row | {"intent_id": second, "confidence": round(1 - confidence, 2), "rank": 2}
            )
        return guess

    def bot_opens(self, intent_id: str) -> bool:
        """Greeting, the customer's wish, and the bot's grasp of it; returns recognised."""
        random = self.random
        if random.random() < 0.7:
            self.bot()
        wish = self.ask(intent_id, -0.05)
        recognised = random.random() < self.accuracy
        if intent_id == "":
            recognised = False
        self.guess = self.predict(wish, intent_id, recognised)
        if not recognised:
            is_no_match = random.random() < 0.6
            self.bot(is_no_match=is_no_match, is_clarification=True)
            self.trouble += 0.35
            again = self.ask(None, -0.3)
            if random.random() < 0.5:
                self.predict(again, intent_id, random.random() < 0.7)
        return recognised

    def bot_answers(self, is_good: bool) -> None:
        """The bot's reply to the wish, with the facts that it should hold."""
        random = self.random
        facts = random.randrange(1, 4)
        given = facts if is_good or random.random() < 0.4 else random.randrange(0, facts)
        if random.random() < 0.16:
            self.bot(is_reauthentication=random.random() < 0.3, **self.empathy(0.6))
            self.ask(None, 0.0)
        turn = self.bot(
            required_facts=facts,
            delivered_facts=given,
            is_no_match=False,
            is_clarification=False,
            **self.empathy(0.65),
        )
        self.guard(turn)

    def guard(self, turn: dict) -> None:
        """Now and then a guardrail fires; more under the release that is worse."""
        random = self.random
        if random.random() < (0.05 if self.release == "v3" else 0.016):
            is_near_miss = random.random() < 0.7
            self.violate(turn, random.choice((2, 3, 3, 4, 4, 4)), is_near_miss)
        if self.effects.severe_violations and random.random() < self.effects.severe_violations:
            self.violate(turn, 1, is_near_miss=False)

    def violate(self, turn: dict, severity: int, is_near_miss: bool) -> None:
        """A guardrail event of a turn; severity 1 (worst) to 4."""
        self.interaction.guardrails.append(
            {
                "interaction_id": self.interaction,
                "turn_number": turn["turn_number"],
                "occurred_at": turn["occurred_at"],
                "policy_id": self.random.choice(POLICIES),
                "severity": severity,
                "kind": "near_miss" if is_near_miss else "violation",
                "was_blocked": is_near_miss,
                "was_delivered": not is_near_miss,
                "detector": "policy_model",
            }
        )

    # --- handing over -----------------------------------------------------------------------------

    def hand_over(self, intent_id: str, status: str, connected_at: int | None = None, **fields):
        """A handoff attempt at the present moment."""
        random = self.random
        row = {
            "interaction_id": self.interaction,
            "from_type": "bot",
            "to_type": "agent",
            "requested_at": self.at,
            "status": status,
            "requested_by": draw(random, (("bot", 0.6), ("customer", 0.4))),
            "connected_at": connected_at,
            "context_fields_expected": 4,
            "intent_before": getattr(self, "guess", None),
        }
        if status == "connected":
            passed = 0 if random.random() < 0.15 else random.randrange(2, 5)
            used = None if random.random() < 0.2 else passed > 0 and random.random() < 0.7
            row |= {
                "context_fields_passed": passed,
                "is_context_used": used,
                "intent_after": intent_id or None,
            }
        row |= fields
        self.interaction.handoffs.append(row)
        return row

    def wait_seconds(self) -> int:
        """A wait for an agent, longer for the segment that is served worse."""
        wait = self.random.lognormvariate(0, 0.7) * WAITS[self.interaction.channel]
        if self.customer.plan == self.effects.worse_plan:
            wait *= self.effects.worse_plan_wait_factor
        return max(2, round(wait))

    def offer_segment(self, agent, wait: int | None) -> dict:
        """An offer to an agent, answered after wait seconds (None: never)."""
        segment = {
            "interaction_id": self.interaction,
            "agent_id": agent.agent_id if wait is not None else None,
            "offered_at": self.at,
            "answered_at": None if wait is None else self.at + wait,
        }
        self.interaction.segments.append(segment)
        self.interaction.queue_id = f"q_{agent.team}"
        return segment

    def suggest(self, agent) -> bool:
        """Suggestions of the assistant; 15 % of them are held out at random. Used?"""
        random, used = self.random, False
        for _ in range(random.choice((0, 1, 1, 2))):
            is_shown = random.random() < 0.85
            shown_at = self.at + random.randrange(3, 40)
            action = acted_at = None
            if is_shown:
                tenure = min(1.0, (self.at - agent.hired_on) / (900 * DAY))
                action = draw(
                    random,
                    (
                        ("accepted", 0.46 - 0.16 * tenure),
                        ("edited", 0.2),
                        ("rejected", 0.12 + 0.1 * tenure),
                        ("ignored", 0.22),
                    ),
                )
                acted_at = None if action == "ignored" else shown_at + random.randrange(2, 30)
            self.interaction.suggestions.append(
                {
                    "interaction_id": self.interaction,
                    "agent_id": agent.agent_id,
                    "kind": random.choice(("reply", "article", "next_step")),
                    "displayed_at": shown_at if is_shown else None,
                    "acted_at": acted_at,
                    "action": action,
                    "arm": "display" if is_shown else "holdout",
                }
            )
            used = used or action in {"accepted", "edited"}
        return used

    def agent_handles(
        self, intent_id: str, complexity: str, agent, is_repeat: bool = False
    ) -> bool:
        """An agent talks with the customer; returns whether the need is met."""
        random, effects = self.random, self.effects
        assisted = agent.is_assisted(self.at)
        segment = self.interaction.segments[-1]
        self.at = max(self.at, segment["answered_at"])
        used = self.suggest(agent) if assisted else False
        talk = random.lognormvariate(0, 0.28) * effects.talk_seconds[complexity]
        segment["talk_seconds"] = round(talk)
        segment["hold_seconds"] = round(talk * random.choice((0, 0, 0.1, 0.25)))
        segment["wrap_seconds"] = round(random.lognormvariate(0, 0.3) * 45)
        pace = None
        exchanges = {"simple": 1, "moderate": 1, "complex": 2}[complexity] + (random.random() < 0.3)
        if self.interaction.channel in ("voice", "chat"):
            pace = talk / (2 * exchanges + 2)
        has_intent = any(turn.get("intent_id") for turn in self.interaction.turns)
        self.say("agent", agent.agent_id, 3, **self.empathy(0.85))
        wish = self.ask(None if has_intent else intent_id, -0.1, is_repeat=is_repeat or None)
        wish["requires_empathy"] = wish.get("requires_empathy")
        self.trouble += 0.4 if is_repeat else 0.0
        chance = effects.agent_solves[complexity] + (effects.assist_solves if used else 0.0)
        is_solved = random.random() < chance
        for _ in range(exchanges):
            self.say("agent", agent.agent_id, pace, **self.empathy(0.85))
            self.ask(None, 0.35 if is_solved else -0.3, pause=pace)
        self.say("agent", agent.agent_id, pace)
        return is_solved

    # --- the end ----------------------------------------------------------------------------------

    def end(self, reason: str, declared: str | None, after: int = 2) -> Interaction:
        """Close the interaction."""
        interaction = self.interaction
        interaction.ended_at = self.at + after
        interaction.end_reason = reason
        interaction.declared_outcome = declared
        interaction.declared_at = interaction.ended_at if declared else None
        return interaction

    def feel(self, is_resolved: bool) -> int:
        """The customer's true satisfaction, 1 to 5."""
        waited = min(1.2, self.wait / (1800 if self.interaction.channel == "voice" else 24 * HOUR))
        score = 3.9 if is_resolved else 2.1
        score += self.random.gauss(0.15, 0.75) - self.trouble - waited
        score -= 0.25 * max(0, len(self.interaction.handoffs) - 1)
        return int(max(1, min(5, round(score))))


def demand_of(catalogue, effects, customer) -> list[tuple[str, float]]:
    """What a customer may want, weighted; older customers want the harder things."""
    factor = effects.older_complex_factor if customer.age_band == "65+" else 1.0
    weighted = [
        (i.intent_id, i.demand * (factor if i.complexity == "complex" else 1.0))
        for i in catalogue
        if i.demand
    ]
    return [*weighted, (UNCATALOGUED_INTENT, 1.5), ("", NO_INTENT_DEMAND)]
