"""Turns what marts.read found into one HTML file without any reference to another."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
# Pixels of the page that one printed sheet holds at zoom 1, and what the page takes of them.
SHEET, FRAME, ROW = 700, 270, 40
# Lines of the page that are no metric: fairness and drift.
MONITORS = 2


def safe_json(data) -> str:
    """JSON that can stand in a script element: no text in it ends the element or opens another."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def render(data: dict) -> str:
    """The page as text."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined
    )
    headlines = [
        m
        for m in data["metrics"]
        if m["tier"] == "headline" and m["category"] in data["categories"]
    ]
    zoom = min(0.78, SHEET / (FRAME + ROW * (len(headlines) + MONITORS)))
    return environment.get_template("page.html.j2").render(
        data=safe_json(data),
        style=(HERE / "page.css").read_text(encoding="utf-8"),
        script=(HERE / "page.js").read_text(encoding="utf-8"),
        headlines=headlines,
        dimensions=data["dimensions"],
        zoom=f"{zoom:.3f}",
        labels={"intent_id": "Intent", "channel": "Channel", "customer_segment": "Segment"},
    )
