"""A diagram of the marts as SVG: tables with their keys from the contracts, lines from the
relationship tests. A mart that no test joins to another stands below, by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

WIDTH, GAP, ROW, HEAD, SPACE = 268, 96, 19, 26, 22
COLUMNS_BELOW = 4
CROW = 9
STYLE = """
svg { font: 12px "DejaVu Sans", Verdana, Helvetica, sans-serif; background: #ffffff; }
.box { fill: #ffffff; stroke: #7a869a; } .head { fill: #1b5e34; } .name { fill: #ffffff; }
.name, .group { font-weight: bold; } .group { font-size: 15px; fill: #1a2230; }
.column { fill: #1a2230; } .type, .mark, .more { fill: #5a6475; font-size: 10.5px; }
.line { fill: none; stroke: #3b6ea8; stroke-width: 1.4; }
@media (prefers-color-scheme: dark) {
  svg { background: #12161d; } .box { fill: #1b212b; stroke: #667085; } .head { fill: #1f6b3d; }
  .group, .column { fill: #e8ecf2; } .type, .mark, .more { fill: #a9b3c2; }
  .line { stroke: #7fb2ea; }
}
"""


@dataclass
class Mart:
    """A mart with what the diagram shows of it."""

    name: str
    group: str
    types: dict[str, str]
    key: list[str] = field(default_factory=list)
    # {column: (mart, column)} that relationship tests name.
    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    x: float = 0
    y: float = 0

    @property
    def shown(self) -> list[str]:
        """Key and foreign keys, in the table's order."""
        return [c for c in self.types if c in self.key or c in self.references]

    @property
    def height(self) -> int:
        """Height of the box."""
        hidden = len(self.types) > len(self.shown)
        return HEAD + ROW * (len(self.shown) + hidden) + 8

    def row(self, column: str) -> float:
        """Vertical middle of a column's row."""
        return self.y + HEAD + ROW * (self.shown.index(column) + 0.5) + 3


def read_marts(manifest: dict) -> dict[str, Mart]:
    """The public marts without the models of single metrics: these have one shape, metric_daily."""
    by_id = {}
    for node in manifest["nodes"].values():
        is_mart = node["resource_type"] == "model" and node["config"].get("access") == "public"
        if is_mart and "metrics" not in node["fqn"][:-1]:
            types = {name: c["data_type"] or "" for name, c in node["columns"].items()}
            by_id[node["unique_id"]] = Mart(node["name"], node["fqn"][-2], types)
    for node in manifest["nodes"].values():
        mart = by_id.get(node.get("attached_node"))
        test = node.get("test_metadata") or {}
        if mart is None or not test:
            continue
        if test["name"] == "unique":
            mart.key = mart.key or [node["column_name"]]
        elif test["name"] == "unique_combination_of_columns":
            mart.key = mart.key or test["kwargs"]["combination_of_columns"]
        elif test["name"] in ("relationships", "relationships_if_any"):
            for other in node["depends_on"]["nodes"]:
                if other in by_id and by_id[other] is not mart:
                    target = (by_id[other].name, test["kwargs"]["field"])
                    mart.references[node["column_name"]] = target
    return {mart.name: mart for mart in by_id.values()}


def depths(marts: dict[str, Mart]) -> dict[str, int]:
    """How many joins a mart is from one that refers to no other; only marts with a line."""
    targets = {m.name: {to for to, _ in m.references.values()} for m in marts.values()}
    joined = {name for name, to in targets.items() if to} | set().union(*targets.values())

    def depth(name: str) -> int:
        return max((1 + depth(to) for to in targets[name]), default=0)

    return {name: depth(name) for name in sorted(joined)}


def families(marts: dict[str, Mart], joined: set[str]) -> list[set[str]]:
    """Marts that hang together by lines, the largest family first."""
    found = [{name} for name in joined]
    for name in joined:
        for to, _ in marts[name].references.values():
            one = next(f for f in found if name in f)
            other = next(f for f in found if to in f)
            if one is not other:
                found.remove(other)
                one |= other
    return sorted(found, key=lambda family: (-len(family), min(family)))


def place_family(marts: dict[str, Mart], family: set[str], depth: dict[str, int], top: float):
    """Columns by depth, each mart near the middle of those it refers to; returns the lower edge."""
    bottom = top
    for level in range(max(depth[name] for name in family) + 1):
        column = [marts[name] for name in sorted(family) if depth[name] == level]

        def middle(mart: Mart) -> float:
            rows = [marts[to].y + marts[to].height / 2 for to, _ in mart.references.values()]
            return sum(rows) / len(rows) if rows else 0

        y = top + level * ROW
        for mart in sorted(column, key=lambda m: (middle(m), m.name)):
            mart.x, mart.y = SPACE + level * (WIDTH + GAP), y
            y += mart.height + SPACE
        bottom = max(bottom, y)
    return bottom


def place_below(marts: list[Mart], top: float) -> float:
    """Rows of marts without a line; returns the lower edge."""
    edges = [top] * COLUMNS_BELOW
    for mart in marts:
        column = edges.index(min(edges))
        mart.x, mart.y = SPACE + column * (WIDTH + SPACE), edges[column]
        edges[column] += mart.height + SPACE
    return max(edges)


def draw_mart(mart: Mart) -> list[str]:
    """A box: name, keys with their types, and how many columns there are besides."""
    x, y = mart.x, mart.y
    head = f"M{x} {y + HEAD}v{4 - HEAD}q0 -4 4 -4h{WIDTH - 8}q4 0 4 4v{HEAD - 4}z"
    parts = [
        f'<rect class="box" x="{x}" y="{y}" width="{WIDTH}" height="{mart.height}" rx="4"/>',
        f'<path class="head" d="{head}"/>',
        f'<text class="name" x="{x + 10}" y="{y + 17}">{escape(mart.name)}</text>',
    ]
    for column in mart.shown:
        base = mart.row(column) + 4
        marks = ["PK"] * (column in mart.key) + ["FK"] * (column in mart.references)
        parts += [
            f'<text class="mark" x="{x + 8}" y="{base}">{" ".join(marks)}</text>',
            f'<text class="column" x="{x + 50}" y="{base}">{escape(column)}</text>',
            f'<text class="type" x="{x + WIDTH - 8}" y="{base}" text-anchor="end">'
            f"{escape(mart.types[column])}</text>",
        ]
    more = len(mart.types) - len(mart.shown)
    if more:
        base = y + mart.height - 10
        parts.append(f'<text class="more" x="{x + 50}" y="{base}">and {more} more</text>')
    return parts


def draw_line(mart: Mart, column: str, to: Mart, to_column: str) -> str:
    """From the many (crow's foot) to the one (bar)."""
    x1, y1 = mart.x, mart.row(column)
    x2 = to.x + WIDTH
    y2 = to.row(to_column) if to_column in to.shown else to.y + HEAD / 2
    bend = (x1 - x2) / 2
    return (
        f'<path class="line" d="M{x1} {y1 - 5}L{x1 - CROW} {y1}L{x1} {y1 + 5}M{x1} {y1}h{-CROW}'
        f'C{x1 - bend} {y1} {x2 + bend} {y2} {x2 + CROW} {y2}H{x2}M{x2 + 5} {y2 - 5}v10"/>'
    )


def draw(manifest: dict) -> str:
    """The diagram of a dbt manifest as one SVG document."""
    marts = read_marts(manifest)
    depth = depths(marts)
    parts, y = [], float(SPACE)

    def headline(text: str) -> None:
        nonlocal y
        parts.append(f'<text class="group" x="{SPACE}" y="{y + 14}">{escape(text)}</text>')
        y += 30

    headline("Marts that tests join: many (crow's foot) to one (bar)")
    for family in families(marts, set(depth)):
        y = place_family(marts, family, depth, y) + SPACE
    for group in sorted({m.group for m in marts.values() if m.name not in depth}):
        headline(f"marts/{group}: of their own grain")
        alone = [m for m in marts.values() if m.group == group and m.name not in depth]
        y = place_below(sorted(alone, key=lambda m: (-m.height, m.name)), y) + SPACE / 2
    # Lines first: they pass behind the boxes on their way.
    for mart in marts.values():
        for column, (to, to_column) in mart.references.items():
            parts.append(draw_line(mart, column, marts[to], to_column))
    for mart in marts.values():
        parts += draw_mart(mart)
    width = max(m.x for m in marts.values()) + WIDTH + SPACE
    size = f'width="{width:.0f}" height="{y:.0f}" viewBox="0 0 {width:.0f} {y:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        f"<title>The marts, their keys and how they join</title><style>{STYLE}</style>"
        + "\n".join(parts)
        + "</svg>\n"
    )
