"""Rows of the canonical tables: their columns, their text form and their files."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .model import DAY

if TYPE_CHECKING:
    import pyarrow

COLUMNS = {
    "interactions": [
        "interaction_id", "channel", "direction", "started_at", "ended_at", "end_reason",
        "parent_interaction_id", "trigger", "locale", "is_test", "declared_outcome", "declared_at",
        "queue_id",
    ],
    "interaction_identifiers": ["interaction_id", "id_type", "id_value"],
    "turns": [
        "interaction_id", "turn_number", "actor_type", "actor_id", "occurred_at", "intent_id",
        "latency_ms", "is_clarification", "is_no_match", "is_repeat", "is_reauthentication",
        "sentiment", "requires_empathy", "empathy_met", "required_facts", "delivered_facts",
        "text_redacted", "release_id", "cost_usd", "input_tokens", "output_tokens",
    ],
    "handoffs": [
        "interaction_id", "from_type", "to_type", "requested_at", "status", "requested_by",
        "connected_at", "context_fields_expected", "context_fields_passed", "is_context_used",
        "intent_before", "intent_after", "to_interaction_id",
    ],
    "intent_predictions": [
        "interaction_id", "turn_number", "predicted_at", "intent_id", "confidence", "rank",
        "release_id", "labelled_intent_id", "label_source",
    ],
    "suggestions": [
        "suggestion_id", "interaction_id", "agent_id", "kind", "displayed_at", "acted_at", "action",
        "arm",
    ],
    "surveys": [
        "interaction_id", "offered_at", "responded_at", "instrument", "score", "scale_min",
        "scale_max",
    ],
    "downstream_events": [
        "id_type", "id_value", "event_type", "occurred_at", "amount_usd", "intent_id",
        "reverses_event_id",
    ],
    "guardrail_events": [
        "interaction_id", "turn_number", "occurred_at", "policy_id", "severity", "kind",
        "was_blocked", "was_delivered", "detector",
    ],
    "qa_reviews": [
        "interaction_id", "turn_number", "criterion", "reviewer_type", "is_opportunity", "passed",
        "sampling_probability", "reviewed_at", "judge_version",
    ],
    "agent_segments": [
        "interaction_id", "agent_id", "offered_at", "answered_at", "talk_seconds", "hold_seconds",
        "wrap_seconds",
    ],
    "agents": ["agent_id", "team", "hired_on", "assist_enabled_from", "valid_from", "valid_to"],
    "agent_hours": ["agent_id", "worked_on", "paid_seconds"],
    "identity_links": [
        "id_type_a", "id_value_a", "id_type_b", "id_value_b", "linked_at", "method", "confidence",
    ],
    "customer_segments": [
        "id_type", "id_value", "segment_type", "segment", "lawful_basis", "valid_from", "valid_to",
    ],
    "releases": ["release_id", "model", "prompt_version", "deployed_at", "rolled_back_at"],
    "experiment_assignments": ["unit_type", "unit_id", "experiment_id", "arm", "assigned_at"],
    "offers": [
        "offer_id", "interaction_id", "kind", "target_channel", "presented_at", "accepted_at",
        "amount_usd", "reversed_at",
    ],
    "consents": [
        "id_type", "id_value", "purpose", "status", "recorded_at", "ai_disclosed_at",
        "retention_until",
    ],
    "rate_card": ["item", "unit_price_usd", "valid_from", "valid_to"],
    "intent_catalogue": [
        "intent_id", "intent_family", "is_automatable", "risk_tier", "complexity", "valid_from",
        "valid_to", "journey_window_days", "confirming_event_type", "confirmation_deadline_hours",
        "value_usd", "automation_feasibility", "owner",
    ],
}  # fmt: skip

# One letter per table for its event ids.
PREFIX = {
    "interactions": "n", "interaction_identifiers": "d", "turns": "", "handoffs": "h",
    "intent_predictions": "p", "suggestions": "g", "surveys": "s", "downstream_events": "e",
    "guardrail_events": "u", "qa_reviews": "q", "agent_segments": "m", "agents": "a",
    "agent_hours": "w", "identity_links": "l", "customer_segments": "c", "releases": "r",
    "experiment_assignments": "x", "offers": "o", "consents": "k", "rate_card": "t",
    "intent_catalogue": "i",
}  # fmt: skip

RAW_COLUMNS = {
    table: ["source_event_id", "ingested_at", *names] for table, names in COLUMNS.items()
}

# Columns that are neither text nor times nor, by their names, flags.
INTEGERS = {
    "turn_number", "required_facts", "delivered_facts", "context_fields_expected",
    "context_fields_passed", "rank", "severity",
}  # fmt: skip
LONG_INTEGERS = {"input_tokens", "output_tokens"}
DECIMALS = {
    "latency_ms", "sentiment", "cost_usd", "confidence", "score", "scale_min", "scale_max",
    "amount_usd", "sampling_probability", "talk_seconds", "hold_seconds", "wrap_seconds",
    "paid_seconds", "unit_price_usd", "journey_window_days", "confirmation_deadline_hours",
    "value_usd", "automation_feasibility",
}  # fmt: skip
FLAGS = {"requires_empathy", "empathy_met", "was_blocked", "was_delivered", "passed"}


def is_time(column: str) -> bool:
    """Whether a canonical column holds a timestamp (an int of seconds until it is written)."""
    return column.endswith("_at") or column in {
        "valid_from", "valid_to", "assist_enabled_from", "retention_until",
    }  # fmt: skip


def time_text(second: int) -> str:
    """A UTC second as text; the date alone at midnight, as the nightly load is stamped."""
    text = datetime.fromtimestamp(second, tz=UTC).strftime("%Y-%m-%d %H:%M:%S")
    return text.removesuffix(" 00:00:00")


def value_text(column: str, value) -> str:
    """A value as the raw files hold it: empty for none, 1 and 0 for flags."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if is_time(column):
        return time_text(value)
    if column.endswith("_on"):
        return time_text(value)[:10]
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return str(value)


def arrow_schema(table: str) -> pyarrow.Schema:
    """The types of a raw table in Parquet: those of the input contract."""
    import pyarrow as pa

    def of(name: str) -> pa.DataType:
        if is_time(name):
            return pa.timestamp("us")
        if name.endswith("_on"):
            return pa.date32()
        if name in FLAGS or name.startswith("is_"):
            return pa.bool_()
        if name in DECIMALS:
            return pa.float64()
        if name in LONG_INTEGERS:
            return pa.int64()
        return pa.int32() if name in INTEGERS else pa.string()

    return pa.schema([(name, of(name)) for name in RAW_COLUMNS[table]])


def row_text(table: str, row: dict) -> dict[str, str]:
    """A row with every value as text."""
    return {name: value_text(name, row.get(name)) for name in RAW_COLUMNS[table]}


def nightly_load(second: int, days_late: int = 0) -> int:
    """Second of the nightly load that brings an event: the midnight after it, or days later."""
    return (second // DAY + 1 + days_late) * DAY


def write_rows(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Rows as a CSV file with a header and line feeds."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
