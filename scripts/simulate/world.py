"""A whole world: customers with needs, the contacts they make, what happens afterwards."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from pathlib import Path
from random import Random

from . import faults, stories, surroundings
from .contact import Interaction, Talk, demand_of
from .model import (
    BOT_ENTRY,
    CATALOGUE,
    CHANNEL_DEMAND,
    DAY,
    DEFAULT_EFFECTS,
    HOUR,
    HOUR_DEMAND,
    RATE_CARD,
    START_AT,
    WEEK,
    WEEKDAY_DEMAND,
    Effects,
    moment,
)
from .people import Customer, draw, make_agents, make_customers
from .records import COLUMNS, RAW_COLUMNS, nightly_load, row_text, write_rows
from .truth import catalogue_version, journeys_of, truth_of

TRUTH_TIMES = ("started_at", "ended_at")


class World:
    """A simulated contact centre, the same for the same arguments.

    seed: of every random draw. weeks: length of the period, from 2026-01-05. customers: true
    customers before the planted ones. needs: how many needs each has in the period, on average
    (default: 0.08 a week). with_stories: the planted scenes of stories.py (they add some 110
    customers), or the names of those to plant. with_faults: late, duplicate, out-of-order and
    malformed rows.
    """

    def __init__(
        self,
        seed: int = 7,
        weeks: int = 26,
        customers: int = 1300,
        needs: float | None = None,
        effects: Effects = DEFAULT_EFFECTS,
        with_stories: bool | tuple[str, ...] = True,
        with_faults: bool = True,
    ) -> None:
        self.seed, self.weeks, self.effects = seed, weeks, effects
        self.with_faults = with_faults
        self.random = Random(seed)
        self.clock = START_AT + weeks * WEEK
        self.intent_ids = sorted({intent.intent_id for intent in CATALOGUE})
        self.customers = make_customers(self.random, customers)
        self.agents = make_agents(self.random, weeks, START_AT)
        self.interactions: list[Interaction] = []
        self.events: list[dict] = []
        self.links: list[dict] = []
        per_customer = 0.08 * weeks if needs is None else needs
        for customer in list(self.customers):
            for _ in range(self._poisson(per_customer)):
                self.meet_need(customer, self._wish(customer), self._moment())
            for _ in range(self._poisson(effects.unengaged) if effects.unengaged else 0):
                stories.says_nothing(self, customer, self._moment(), self.random.randrange(30))
        chosen = None if with_stories is True else with_stories or ()
        self.stories = stories.plant(self, chosen)
        surroundings.heartbeat(self)
        self._number()
        self.journeys = journeys_of(self)
        surroundings.ask_surveys(self)
        surroundings.review_quality(self)
        surroundings.follow_up(self)
        surroundings.link_identities(self)

    # --- prices and demand ------------------------------------------------------------------------

    @cached_property
    def _rate_changes(self) -> dict:
        return {
            item: [(moment(start, self.weeks), price) for price, start in prices]
            for item, prices in RATE_CARD.items()
        }

    def rates(self, second: int) -> dict[str, float]:
        """Unit prices at a second."""
        return {
            item: [price for start, price in prices if start <= second][-1]
            for item, prices in self._rate_changes.items()
        }

    def progress(self, second: int) -> float:
        """Share of the period that has passed."""
        return (second - START_AT) / (self.weeks * WEEK)

    def _poisson(self, mean: float) -> int:
        count, product = 0, self.random.random()
        limit = 2.718281828459045**-mean
        while product > limit:
            count, product = count + 1, product * self.random.random()
        return count

    def _moment(self) -> int:
        random = self.random
        day = random.randrange(self.weeks) * 7 + random.choices(range(7), WEEKDAY_DEMAND)[0]
        hour = random.choices(range(24), HOUR_DEMAND)[0]
        return START_AT + day * DAY + hour * HOUR + random.randrange(HOUR)

    def _wish(self, customer: Customer) -> str:
        return draw(self.random, demand_of(CATALOGUE, self.effects, customer))

    # --- a need and its contacts ------------------------------------------------------------------

    def complexity(self, intent_id: str, second: int) -> str:
        """Complexity of an intent at a second; moderate where the catalogue has none."""
        version = catalogue_version(self, intent_id, second)
        return version.complexity if version else "moderate"

    def identifiers(self, customer: Customer, channel: str) -> list[tuple[str, str]]:
        """What the channel shows of a customer."""
        random = self.random
        if customer.kind == "nobody":
            return []
        if customer.kind == "visitor":
            return [("cookie", customer.cookies[0])] if channel in ("chat", "messaging") else []
        account = [("account", customer.account)]
        if channel == "voice":
            return [("phone", customer.phone)] + (account if random.random() < 0.55 else [])
        if channel == "email":
            return [("email", customer.email)] + (account if random.random() < 0.25 else [])
        if channel == "messaging":
            return [("handle", customer.handle)] + (account if random.random() < 0.4 else [])
        cookie = [("cookie", random.choice(customer.cookies))]
        return cookie + (account if random.random() < 0.5 else [])

    def talk(self, customer: Customer, channel: str, at: int, **fields) -> Talk:
        """A new interaction with what the channel shows of its customer."""
        talk = Talk(self, customer, channel, at, **fields)
        talk.interaction.identifiers = self.identifiers(customer, channel)
        return talk

    def keep(self, talk: Talk) -> bool:
        """Add a finished interaction, unless it ends after the data does."""
        if talk.interaction.ended_at >= self.clock - HOUR:
            return False
        customer = talk.customer
        customer.uses(talk.interaction.identifiers, talk.interaction.started_at)
        self.interactions.append(talk.interaction)
        return True

    def meet_need(self, customer: Customer, intent_id: str, at: int, channel: str = "") -> None:
        """The contacts of one need, until it is met, given up, or the data ends."""
        random, effects = self.random, self.effects
        if customer.kind == "visitor":
            channel = random.choice(("chat", "chat", "messaging"))
        channel = channel or draw(random, CHANNEL_DEMAND.items())
        for attempt in range(4):
            talk = self.talk(customer, channel, at)
            is_met = self.serve(talk, intent_id)
            if not self.keep(talk):
                return
            end = talk.interaction.ended_at
            if is_met:
                self.confirm(customer, intent_id, end, talk.interaction)
                return
            if random.random() < effects.complains:
                self.happen(customer, "complaint", end + random.randrange(HOUR, 3 * DAY), intent_id)
            comes_back = effects.comes_back + (0.12 if intent_id == effects.silent_intent else 0)
            if random.random() > comes_back:
                return
            at = end + round(min(8.5 * DAY, random.lognormvariate(0, 1.0) * 22 * HOUR)) + 600
            is_shift = customer.kind == "known" and random.random() < effects.shifts_channel
            if is_shift and channel != "voice":
                channel = "voice"
            elif is_shift and attempt:
                channel = random.choice(("chat", "email"))

    def serve(self, talk: Talk, intent_id: str) -> bool:
        """One contact for one intent, now and then with a second one. Is the need met?"""
        random, channel = self.random, talk.interaction.channel
        complexity = self.complexity(intent_id, talk.at)
        progress = self.progress(talk.at)
        low, high = BOT_ENTRY[channel]
        if random.random() < low + (high - low) * progress:
            is_met = self._bot_first(talk, intent_id, complexity, progress)
        else:
            is_met = self._human(talk, intent_id, complexity)
        interaction = talk.interaction
        interaction.resolved[intent_id or "no_intent"] = is_met
        interaction.satisfaction = talk.feel(is_met)
        return is_met

    def _scope(self, intent_id: str, complexity: str, progress: float) -> float:
        if intent_id == self.effects.silent_intent:
            return self.effects.silent_intent_scope
        low, high = self.effects.bot_scope[complexity]
        return low + (high - low) * progress

    def _bot_first(self, talk: Talk, intent_id: str, complexity: str, progress: float) -> bool:
        random, effects = self.random, self.effects
        is_silent = intent_id == effects.silent_intent
        recognised = talk.bot_opens(intent_id)
        if random.random() > self._scope(intent_id, complexity, progress):
            talk.bot(**talk.empathy(0.6))
            return self._to_human(talk, intent_id, complexity)
        chance = effects.silent_intent_solves if is_silent else effects.bot_solves[complexity]
        if not recognised:
            chance *= effects.unrecognised_factor
        if talk.customer.plan == effects.worse_plan:
            chance -= effects.worse_plan_penalty
        is_solved = random.random() < chance
        talk.bot_answers(is_solved)
        if is_solved:
            talk.ask(None, 0.45)
            if random.random() < 0.35:
                talk.bot()
            leaves = random.random() < 0.12
            talk.end("customer_left" if leaves else "completed", "resolved")
            return True
        if random.random() < (effects.silent_intent_false_goodbye if is_silent else 0.0):
            return self._false_goodbye(talk)
        fate = draw(
            random,
            (
                ("goodbye", effects.false_goodbye),
                ("abandoned", effects.bot_abandoned),
                ("forced", effects.bot_forced),
                ("human", 1 - effects.false_goodbye - effects.bot_abandoned - effects.bot_forced),
            ),
        )
        if fate == "goodbye":
            return self._false_goodbye(talk)
        talk.ask(None, -0.5)
        if fate == "abandoned":
            declared = random.choice(("abandoned", None))
            talk.end(random.choice(("customer_left", "timeout")), declared, 60)
            return False
        if fate == "forced":
            talk.end(random.choice(("max_turns", "policy_cutoff", "error")), None)
            return False
        return self._to_human(talk, intent_id, complexity)

    def _false_goodbye(self, talk: Talk) -> bool:
        if self.random.random() < 0.4:
            talk.ask(None, -0.1)
        talk.bot()
        talk.end("bot_ended", "resolved")
        return False

    def _to_human(self, talk: Talk, intent_id: str, complexity: str) -> bool:
        random = self.random
        fate = draw(
            random,
            (("connected", 0.86), ("failed", 0.04), ("refused", 0.04), ("deferred", 0.06)),
        )
        if fate == "connected":
            return self._human(talk, intent_id, complexity, is_handoff=True)
        talk.hand_over(intent_id, fate)
        talk.trouble += 0.5
        if fate == "refused":
            talk.interaction.handoffs[-1]["requested_by"] = "customer"
            talk.bot()
            talk.end("customer_left", random.choice(("abandoned", None)), 30)
        elif fate == "failed":
            talk.end("timeout", None, 120)
        else:
            talk.bot()
            talk.end("transferred", "escalated")
        return False

    def _human(self, talk: Talk, intent_id: str, complexity: str, is_handoff: bool = False) -> bool:
        random = self.random
        agent = random.choice(self.agents)
        wait = talk.wait_seconds()
        talk.wait = wait
        if random.random() < 0.05:
            return self._hang_up(talk, intent_id, wait, is_handoff)
        segment = talk.offer_segment(agent, wait)
        is_repeat = False
        if is_handoff:
            handoff = talk.hand_over(intent_id, "connected", segment["answered_at"])
            is_repeat = not handoff["context_fields_passed"] and random.random() < 0.8
        is_solved = talk.agent_handles(intent_id, complexity, agent, is_repeat)
        if not is_solved and random.random() < 0.4:
            is_solved = self._specialist(talk, intent_id, complexity)
        if is_solved:
            declared = "resolved" if random.random() < 0.93 else None
            talk.end("agent_ended" if random.random() < 0.6 else "completed", declared)
            return True
        declared = draw(
            random,
            (("resolved", 0.3), ("escalated", 0.3), ("partially_resolved", 0.25), (None, 0.15)),
        )
        talk.end("transferred" if declared == "escalated" else "agent_ended", declared)
        return False

    def _hang_up(self, talk: Talk, intent_id: str, wait: int, is_handoff: bool) -> bool:
        """The customer waits and leaves before an agent answers."""
        if not is_handoff:
            talk.ask(intent_id, -0.1)
        talk.offer_segment(self.random.choice(self.agents), None)
        if is_handoff:
            talk.hand_over(intent_id, "failed")
        talk.end("customer_left", "abandoned", wait)
        talk.trouble += 0.6
        return False

    def _specialist(self, talk: Talk, intent_id: str, complexity: str) -> bool:
        """A second handoff, from the agent to a specialist of another team."""
        agent = self.random.choice(self.agents)
        talk.wait += talk.wait_seconds()
        connected_at = talk.at + 20 + round(talk.wait_seconds() / 2)
        talk.hand_over(
            intent_id,
            "connected",
            connected_at,
            from_type="agent",
            to_type="specialist",
            requested_by="agent",
            is_context_used=False,
            intent_before=intent_id or None,
        )
        talk.offer_segment(agent, connected_at - talk.at)
        return talk.agent_handles(intent_id, complexity, agent)

    # --- afterwards -------------------------------------------------------------------------------

    def happen(
        self,
        customer: Customer,
        event_type: str,
        at: int,
        intent_id: str | None = None,
        amount: float | None = None,
        reverses: dict | None = None,
    ) -> dict | None:
        """A downstream event of a customer, unless it falls after the end of the data."""
        if at >= self.clock - HOUR or customer.kind == "nobody":
            return None
        identifier = ("cookie", customer.cookies[0])
        if customer.kind == "known":
            is_account = self.random.random() < 0.8
            identifier = ("account", customer.account) if is_account else ("email", customer.email)
        customer.uses([identifier], at)
        event = {
            "id_type": identifier[0],
            "id_value": identifier[1],
            "event_type": event_type,
            "occurred_at": at,
            "amount_usd": amount,
            "intent_id": intent_id or None,
            "_customer": customer.customer_id,
            "_reverses": reverses,
        }
        self.events.append(event)
        return event

    def confirm(self, customer: Customer, intent_id: str, end: int, interaction=None) -> None:
        """The event that proves a met need: mostly in time, sometimes late, sometimes undone."""
        random = self.random
        version = catalogue_version(self, intent_id, end)
        if version is None or version.confirming_event_type is None:
            return
        deadline = version.deadline_hours * HOUR
        share = random.uniform(0.01, 0.6) if random.random() < 0.97 else random.uniform(1.1, 1.6)
        at = end + round(deadline * share)
        amount = None
        if version.confirming_event_type == "payment_received":
            amount = round(random.lognormvariate(3.6, 0.5), 2)
        if version.confirming_event_type == "plan_changed":
            amount = float(random.choice((10, 20, 35)))
        named = intent_id if random.random() < 0.75 else None
        event = self.happen(customer, version.confirming_event_type, at, named, amount)
        if event and random.random() < 0.03:
            back = at + round(deadline * random.choice((0.2, 1.5)))
            self.happen(customer, "reversal", back, intent_id, amount and -amount, event)

    def _number(self) -> None:
        """Number interactions in the order of their start."""
        self.interactions.sort(key=lambda i: i.started_at)
        for number, interaction in enumerate(self.interactions, 1):
            interaction.number = number

    # --- output -----------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> dict[str, list[dict]]:
        """Every canonical table as rows of Python values, each with its event id and load."""
        return surroundings.tables_of(self)

    @cached_property
    def raw(self) -> tuple[dict[str, list[dict[str, str]]], list[dict]]:
        """Raw rows as text, and how many of each kind the faults added (see faults.py)."""
        rows = {table: [row_text(table, row) for row in self.tables[table]] for table in COLUMNS}
        if not self.with_faults:
            return rows, faults.count(rows, {})
        return faults.spoil(self, rows)

    def write_csv(self, folder: str | Path) -> None:
        """The raw tables as raw_demo__<table>.csv."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.raw[0].items():
            write_rows(folder / f"raw_demo__{table}.csv", RAW_COLUMNS[table], rows)

    def truth(self) -> dict[str, list[dict]]:
        """Truth tables: contacts, journeys, interactions, rows (fate of raw rows), world."""
        world = [{"seed": self.seed, "weeks": self.weeks, "clock_at": self.clock}]
        return truth_of(self) | {"rows": self.raw[1], "world": world}

    def write_truth(self, folder: str | Path) -> None:
        """The truth tables as CSV files."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.truth().items():
            columns = list(rows[0])
            texts = [{c: surroundings.truth_text(c, row[c]) for c in columns} for row in rows]
            write_rows(folder / f"{name}.csv", columns, texts)

    def by_customer(self) -> dict[str, list[Interaction]]:
        """Interactions by true customer."""
        found = defaultdict(list)
        for interaction in self.interactions:
            found[interaction.customer].append(interaction)
        return found


__all__ = ["World", "nightly_load"]
