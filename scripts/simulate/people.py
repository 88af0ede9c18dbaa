"""The people of the simulated contact centre: customers with their identifiers, and agents."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from .model import AGE_BANDS, DISTRICTS, PLANS, TEAMS, moment

AGENTS_PER_TEAM = 6


def draw(random: Random, weighted) -> str:
    """One of (value, weight) pairs."""
    values, weights = zip(*weighted, strict=True)
    return random.choices(values, weights)[0]


@dataclass
class Customer:
    """A true customer. kind: known (has an account), visitor (a cookie), nobody (no identifier)."""

    customer_id: str
    kind: str
    plan: str = ""
    age_band: str = ""
    district: str = ""
    account: str = ""
    phone: str = ""
    email: str = ""
    cookies: list[str] = field(default_factory=list)
    handle: str = ""
    # Every identifier that a raw row of this customer carries, with the ones seen together.
    used: dict = field(default_factory=dict)

    def uses(self, identifiers: list[tuple[str, str]], second: int) -> None:
        """Note identifiers that one row shows together."""
        for identifier in identifiers:
            self.used.setdefault(identifier, []).append((tuple(identifiers), second))


@dataclass
class Agent:
    """An agent with the moment from which the assistant helps (None: never)."""

    agent_id: str
    team: str
    hired_on: int
    assist_from: int | None

    def is_assisted(self, second: int) -> bool:
        """Whether the assistant helps this agent at a second."""
        return self.assist_from is not None and second >= self.assist_from


def make_customers(random: Random, count: int, first: int = 1) -> list[Customer]:
    """Customers: 94 % known, 6 % visitors that never say who they are."""
    customers = []
    for number in range(first, first + count):
        if random.random() < 0.06:
            visitor = Customer(f"c{number}", "visitor", cookies=[f"k{number}"], handle=f"b{number}")
            customers.append(visitor)
            continue
        devices = random.choice((1, 1, 2, 3))
        cookies = [f"k{number}{suffix}" for suffix in ("", "x", "y")[:devices]]
        customers.append(
            Customer(
                f"c{number}",
                "known",
                plan=draw(random, PLANS),
                age_band=draw(random, AGE_BANDS),
                district=draw(random, DISTRICTS),
                account=f"a{number}",
                phone=f"p{number}",
                email=f"m{number}",
                handle=f"b{number}",
                cookies=cookies,
            )
        )
    return customers


def make_agents(random: Random, weeks: float, start: int) -> list[Agent]:
    """The agents of every team; their tenure at the start is 0 to 5 years."""
    agents = []
    for team, assist in TEAMS:
        assist_from = None if assist is None else moment(assist, weeks)
        for _ in range(AGENTS_PER_TEAM):
            hired = start - random.randrange(30, 1800) * 86_400
            agents.append(Agent(f"g{len(agents) + 1}", team, hired, assist_from))
    return agents
