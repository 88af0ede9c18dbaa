"""Turns what marts.read found into Markdown and SVG."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
NONE = "not computable"


def percent(value):
    """A share (0 to 1) as per cent with one decimal."""
    return NONE if value is None else f"{100 * value:.1f} %"


def interval(estimate, scale=100, digits=1, unit=" %"):
    """Value and limits of an Estimate in one cell."""
    if estimate.value is None:
        return NONE
    value = f"{scale * estimate.value:.{digits}f}{unit}"
    if estimate.lower is None:
        return f"{value} (no interval)"
    return f"{value} ({scale * estimate.lower:.{digits}f} to {scale * estimate.upper:.{digits}f})"


def points(estimate):
    """A difference of shares in percentage points, with its sign."""
    value = f"{100 * estimate.value:+.1f}"
    if estimate.lower is None:
        return f"{value} (no interval: no task changed)"
    return f"{value} ({100 * estimate.lower:+.1f} to {100 * estimate.upper:+.1f})"


def dollars(estimate):
    """US dollars with four digits."""
    return interval(estimate, scale=1, digits=4, unit="")


def measured(row):
    """Value and limits of a row of metric_estimates, seconds as hours."""
    if row["value"] is None:
        return f"{NONE}: {row['status_reason']}"
    limits = (row["value"], row["lower_95"], row["upper_95"])
    if row["unit"] == "share":
        return "{:.1f} % ({:.1f} to {:.1f})".format(*(100 * limit for limit in limits))
    return "{:.1f} h ({:.1f} to {:.1f})".format(*(limit / 3600 for limit in limits))


def environment():
    """Jinja with the formats of the page."""
    found = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    found.filters.update(
        percent=percent, interval=interval, points=points, dollars=dollars, measured=measured
    )
    return found


def dots(title, names, series, low, high, ticks):
    """Model of a dot chart with 95 % whiskers: one line per name, one dot per series on it.

    series: [(name, colour, [(value, lower, upper)])], shares or differences of shares.
    """
    left, width, row = 310, 460, 34

    def x(value):
        return round(left + width * (value - low) / (high - low), 1)

    marks = []
    for number, (_, colour, values) in enumerate(series):
        shift = (number - (len(series) - 1) / 2) * 11
        for place, (value, lower, upper) in enumerate(values):
            if value is not None:
                ends = (value, value) if lower is None else (lower, upper)
                y = 72 + row * place + shift
                marks.append(
                    {"colour": colour, "x": x(value), "y": y, "from": x(ends[0]), "to": x(ends[1])}
                )
    return {
        "title": title,
        "height": 72 + row * len(names) + 14,
        "width": left + width + 40,
        "left": left,
        "names": [{"text": text, "y": 76 + row * place} for place, text in enumerate(names)],
        "legend": [
            {"text": text, "colour": colour, "x": left + 230 * number}
            for number, (text, colour, _) in enumerate(series)
        ],
        "ticks": [{"x": x(value), "text": f"{100 * value:.0f}"} for value in ticks],
        "marks": marks,
    }


def limits(estimate):
    """Value, lower and upper limit of an Estimate."""
    return estimate.value, estimate.lower, estimate.upper


def charts(data):
    """{file name: model of a chart}."""
    both = [("vendor's count", "#d95f02", "vendor"), ("audited", "#1b7837", "audited")]
    quarters = [0, 0.25, 0.5, 0.75, 1]

    def containment(found, title):
        names = [f"{row['key']}: {row['label']}" for row in found]
        series = [(text, colour, [limits(row[k]) for row in found]) for text, colour, k in both]
        return dots(title, names, series, 0, 1, quarters)

    compared = [c for c in data["comparisons"] if c["metric"] == "Audited containment"]
    shares = data["shares"]
    return {
        "findings_containment.svg": containment(data["domains"], "Containment, % of journeys"),
        "findings_personas.svg": containment(
            data["personas"], "Telecom containment by persona, % of journeys"
        ),
        "findings_releases.svg": dots(
            "Audited containment, fine-tuned less gpt-4.1, percentage points",
            [f"{c['domain']} ({c['n']} pairs)" for c in compared],
            [("same tasks", "#1b7837", [limits(c["estimate"]) for c in compared])],
            -0.5, 0.75, [-0.5, -0.25, 0, 0.25, 0.5, 0.75],
        ),
        "findings_tickets.svg": dots(
            "Tickets, % of cases",
            [name.replace("Of those ", "").replace("... and", "In call and") for name in shares],
            [("cases", "#1b7837",
              [(s["value"], s["lower"], s["upper"]) for s in shares.values()])],
            0, 1, quarters,
        ),
    }  # fmt: skip


def render(data):
    """{path relative to the page's folder, page as 'page.md': text} of the page and its charts."""
    templates = environment()
    found = {
        f"images/{name}": templates.get_template("dots.svg.j2").render(**model)
        for name, model in charts(data).items()
    }
    changed = [c for c in data["comparisons"] if c["domain"] == "all"]
    widest = max(data["domains"], key=lambda row: row["vendor"].value - row["audited"].value)
    found["page.md"] = templates.get_template("page.md.j2").render(
        **data, widest=widest, overall={c["metric"]: c for c in changed}
    )
    return found


def write(data, page):
    """Writes the page and, in images/ beside it, its charts; returns their paths."""
    paths = []
    for name, text in render(data).items():
        path = page if name == "page.md" else page.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
