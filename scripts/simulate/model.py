"""The documented model of a contact centre: every parameter that plants an effect.

Probabilities are shares in [0, 1], durations seconds unless the name says otherwise, money US
dollars. Moments of the simulated period are fractions of it, so that a short world shows the same
effects as the 26 weeks of the demo.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DAY = 86_400
HOUR = 3_600
WEEK = 7 * DAY

# Monday 2026-01-05 00:00:00 UTC
START_AT = 1_767_571_200

CHANNELS = ("voice", "chat", "email", "messaging")
ASYNCHRONOUS = ("email", "messaging")

DEFAULT_WINDOW_DAYS = 7.0
DEFAULT_DEADLINE_HOURS = 168.0


@dataclass(frozen=True)
class Intent:
    """One version of one intent in the catalogue, with the share of demand that it makes up."""

    intent_id: str
    family: str
    is_automatable: bool
    risk_tier: str
    complexity: str
    window_days: float | None
    confirming_event_type: str | None
    deadline_hours: float | None
    value_usd: float
    feasibility: float
    owner: str
    demand: float = 0.0
    # Fractions of the period between which this version is valid; None: open.
    valid_from: float = -1.0
    valid_to: float | None = None


CATALOGUE = (
    Intent(
        "order_status",
        "orders",
        True,
        "low",
        "simple",
        3,
        "order_delivered",
        72,
        4,
        0.95,
        "logistics",
        15,
    ),
    Intent(
        "cancel_order",
        "orders",
        True,
        "medium",
        "simple",
        3,
        "order_cancelled",
        48,
        9,
        0.85,
        "logistics",
        6,
    ),
    Intent(
        "return_item",
        "orders",
        False,
        "medium",
        "moderate",
        7,
        "return_received",
        120,
        14,
        0.45,
        "logistics",
        7,
        -1.0,
        0.5,
    ),
    Intent(
        "return_item",
        "orders",
        True,
        "medium",
        "moderate",
        3,
        "return_received",
        120,
        14,
        0.70,
        "logistics",
        0,
        0.5,
        None,
    ),
    Intent(
        "pay_bill",
        "billing",
        True,
        "medium",
        "simple",
        3,
        "payment_received",
        48,
        11,
        0.90,
        "finance",
        11,
    ),
    Intent(
        "refund_status",
        "billing",
        True,
        "medium",
        "moderate",
        7,
        "refund_issued",
        120,
        12,
        0.60,
        "finance",
        9,
    ),
    Intent(
        "dispute_charge",
        "billing",
        False,
        "high",
        "complex",
        7,
        "dispute_closed",
        168,
        30,
        0.15,
        "finance",
        5,
    ),
    Intent(
        "reset_password",
        "account",
        True,
        "medium",
        "simple",
        3,
        "login_succeeded",
        24,
        5,
        0.97,
        "identity",
        12,
    ),
    Intent(
        "change_address",
        "account",
        True,
        "low",
        "simple",
        3,
        "address_changed",
        48,
        5,
        0.93,
        "identity",
        6,
    ),
    Intent(
        "upgrade_plan",
        "account",
        True,
        "medium",
        "moderate",
        7,
        "plan_changed",
        96,
        60,
        0.55,
        "sales",
        5,
    ),
    Intent(
        "outage_report",
        "technical",
        True,
        "high",
        "moderate",
        3,
        "ticket_closed",
        72,
        20,
        0.40,
        "network",
        7,
    ),
    Intent(
        "slow_connection",
        "technical",
        False,
        "medium",
        "complex",
        7,
        "ticket_closed",
        120,
        22,
        0.30,
        "network",
        6,
    ),
    Intent(
        "device_setup", "technical", True, "low", "complex", 7, None, 120, 16, 0.35, "network", 5
    ),
    Intent(
        "product_question",
        "sales",
        True,
        "low",
        "simple",
        3,
        None,
        None,
        8,
        0.80,
        "sales",
        8,
    ),
    Intent(
        "book_appointment",
        "sales",
        True,
        "low",
        "moderate",
        3,
        "appointment_booked",
        72,
        25,
        0.75,
        "sales",
        4,
    ),
)

# Demand outside the catalogue, in the unit of Intent.demand.
UNCATALOGUED_INTENT = "gift_card"
UNCATALOGUED_DEMAND = 1.5
NO_INTENT_DEMAND = 2.0

# (release, model, prompt, deployed at and rolled back at as fractions, recognition accuracy)
RELEASES = (
    ("v1", "lm-small-1", "p10", -0.30, None, 0.85),
    ("v2", "lm-small-2", "p14", 0.32, None, 0.89),
    ("v3", "lm-large-1", "p15", 0.54, 0.71, 0.60),
    ("v4", "lm-large-1", "p17", 0.85, None, 0.91),
)

# item: ((price, valid from as a fraction), ...)
RATE_CARD = {
    "input_token": ((0.0000008, -1.0), (0.0000005, 0.5)),
    "output_token": ((0.000004, -1.0), (0.0000025, 0.5)),
    "agent_minute": ((0.55, -1.0), (0.58, 0.4)),
    "overhead_share": ((0.35, -1.0),),
    "bot_licence_interaction": ((0.06, -1.0),),
    "qa_review_human": ((2.40, -1.0),),
    "qa_review_auto": ((0.03, -1.0),),
}

PLANS = (("basic", 0.45), ("plus", 0.35), ("premium", 0.20))
AGE_BANDS = (("18-34", 0.34), ("35-64", 0.46), ("65+", 0.20))
DISTRICTS = (("north", 0.5), ("south", 0.5))

# (team, fraction of the period from which its agents have the assistant; None: never)
TEAMS = (("red", 0.23), ("blue", 0.46), ("green", 0.69), ("grey", None))


@dataclass(frozen=True)
class Effects:
    """The planted effects. README.md of this package says where the marts should show each."""

    # Share of contacts that the bot tries to solve itself, at the start and the end, by complexity.
    bot_scope: dict = field(
        default_factory=lambda: {
            "simple": (0.15, 0.98),
            "moderate": (0.40, 0.45),
            "complex": (0.10, 0.10),
        }
    )
    # The bot's chance of solving what it tries and recognises, by complexity.
    bot_solves: dict = field(
        default_factory=lambda: {"simple": 0.93, "moderate": 0.74, "complex": 0.42}
    )
    # ... times this when it did not recognise the intent at first.
    unrecognised_factor: float = 0.45
    # ... minus this for the segment that is served worse.
    worse_plan: str = "basic"
    worse_plan_penalty: float = 0.22
    worse_plan_wait_factor: float = 1.7
    # The intent whose bot says that it is done and is not.
    silent_intent: str = "refund_status"
    silent_intent_solves: float = 0.30
    silent_intent_scope: float = 0.95
    silent_intent_false_goodbye: float = 0.92
    # Ends of a bot contact that solved nothing (the rest is handed to an agent).
    false_goodbye: float = 0.24
    bot_abandoned: float = 0.18
    bot_forced: float = 0.11
    # The agent's chance of solving, by complexity; the assistant's addition when used.
    agent_solves: dict = field(
        default_factory=lambda: {"simple": 0.92, "moderate": 0.86, "complex": 0.76}
    )
    assist_solves: float = 0.10
    # Talk time of an agent by complexity (median): flat over the period.
    talk_seconds: dict = field(
        default_factory=lambda: {"simple": 210.0, "moderate": 390.0, "complex": 760.0}
    )
    # Behaviour of a customer whose need was not met.
    comes_back: float = 0.66
    shifts_channel: float = 0.62
    complains: float = 0.10
    # Answers to a satisfaction survey: logit = base + slope * (satisfaction - 3) + ...
    survey_offered: float = 0.75
    survey_base: float = -2.4
    survey_slope: float = 0.55
    survey_escalated: float = -0.5
    # Older customers ask about harder things: a crude gap that standardising closes.
    older_complex_factor: float = 2.2
    # Share of the bot's answers that are a violation of the gravest kind (the demo has its scene).
    severe_violations: float = 0.0
    # Conversations per customer in which the customer says nothing (the demo has its scene).
    unengaged: float = 0.0


DEFAULT_EFFECTS = Effects()

BOT_ENTRY = {
    "voice": (0.55, 0.92),
    "chat": (0.92, 0.95),
    "email": (0.5, 0.6),
    "messaging": (0.9, 0.92),
}
CHANNEL_DEMAND = {"voice": 0.30, "chat": 0.39, "email": 0.11, "messaging": 0.20}

WEEKDAY_DEMAND = (1.25, 1.12, 1.05, 1.0, 0.98, 0.55, 0.45)
HOUR_DEMAND = (
    0.1, 0.05, 0.05, 0.05, 0.1, 0.2, 0.5, 1.0, 1.7, 2.2, 2.3, 2.0,
    1.7, 1.8, 1.9, 1.9, 1.8, 1.7, 1.5, 1.2, 0.9, 0.6, 0.4, 0.2,
)  # fmt: skip

POLICIES = ("pii_leak", "wrong_promise", "unverified_change", "tone")

PHRASES = {
    "order_status": "where is my order?",
    "cancel_order": "please cancel my order",
    "return_item": "i want to send this back",
    "pay_bill": "i want to pay my bill",
    "refund_status": "where is my refund?",
    "dispute_charge": "i did not make this payment",
    "reset_password": "i cannot log in",
    "change_address": "i have moved",
    "upgrade_plan": "can i get more data?",
    "outage_report": "nothing works since noon",
    "slow_connection": "it is so slow",
    "device_setup": "how do i set up the box?",
    "product_question": "does it work abroad?",
    "book_appointment": "can someone come on Friday?",
    UNCATALOGUED_INTENT: "my gift card has no balance",
    "": "hello?",
}
PERSONAL_DATA = (
    "my mail is ann.lee@example.com",
    "call me on +44 20 7946 0958",
    "my card is 4111 1111 1111 1111",
    "write to bo@example.org please",
    "number 555-010-4477",
)


def moment(fraction: float, weeks: float) -> int:
    """Second at which a fraction of the simulated period has passed, on a whole day."""
    return START_AT + int(fraction * weeks * 7) * DAY


def versions(weeks: float) -> list[tuple[Intent, int, int | None]]:
    """Catalogue versions with their validity in seconds (valid_to exclusive, None: open)."""
    return [
        (
            intent,
            START_AT - 365 * DAY if intent.valid_from < 0 else moment(intent.valid_from, weeks),
            None if intent.valid_to is None else moment(intent.valid_to, weeks),
        )
        for intent in CATALOGUE
    ]


def release_at(second: int, weeks: float) -> tuple[str, float]:
    """The bot's release at a second, with its share of intents recognised at the first attempt."""
    current = RELEASES[0]
    for release in RELEASES:
        _, _, _, deployed, rolled_back, _ = release
        is_live = second >= moment(deployed, weeks)
        if is_live and (rolled_back is None or second < moment(rolled_back, weeks)):
            current = release
    return current[0], current[5]
