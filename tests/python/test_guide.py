"""docs/bring-your-own-events.md names nothing that the input contract does not have.

In the guide's tables the first cell names canonical tables and columns, in bold where a row needs
them; behind an arrow (`X` → y) stands a canonical value or column.
"""

import re

import new_system
import pytest
import yaml
from dbt_helpers import PROJECT_ROOT

GUIDE = (PROJECT_ROOT / "docs/bring-your-own-events.md").read_text(encoding="utf-8")
VARS = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]

# {table: {column: rules}}, as the macro says.
CONTRACT = {
    table: {name: (rest[0] if rest else {}) for name, _, *rest in columns}
    for table, columns in new_system.canonical_tables().items()
}
# The only enum that a var holds: the scaffold's reading of the macro has no vars.
CONTRACT["interactions"]["channel"]["values"] = VARS["cx_channels"]

# The tables that every system maps: their required columns are those in bold.
REQUIRED = {
    name
    for table in ("interactions", "turns")
    for name, rules in CONTRACT[table].items()
    if rules.get("required")
}


def event_types():
    """Downstream events that the project itself reads or writes; others are a company's own."""
    files = {
        "macros/metrics/silent_failure.sql": r'"[a-z_]+": \[(.+)\]',
        "macros/metrics/revenue.sql": r"return\(\[(.+)\]\)",
        "models/staging/tickets/stg_tickets__downstream_events.sql": r"('\w+') as event_type",
    }
    found = [
        re.findall(r"\w+", match)
        for file, pattern in files.items()
        for match in re.findall(pattern, (PROJECT_ROOT / file).read_text(encoding="utf-8"))
    ]
    return {name for names in found for name in names}


def tables(first_header):
    """Rows [section, cell, ...] of the guide's tables whose first column has this header."""
    rows, section, inside = [], "", False
    for line in GUIDE.splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == first_header:
            inside = True
        elif inside and not cells[0].startswith("---"):
            rows.append([section, *cells])
    return rows


def names(cell):
    """Canonical names of a first cell, with what says that they are required: [(name, bold)]."""
    plain = re.sub(r"\([^)]*\)", "", cell)
    return [(part.strip().strip("*"), "*" in part) for part in plain.split(",")]


def meant(name):
    """The columns that a name stands for: {(table, column): rules}; none if it does not exist."""
    table, _, column = name.rpartition(".")
    if name in CONTRACT:
        return {(name, other): rules for other, rules in CONTRACT[name].items()}
    return {
        (each, column): columns[column]
        for each, columns in CONTRACT.items()
        if column in columns and table in ("", each)
    }


def wrong_names(cell):
    """What is wrong with the names of a first cell."""
    wrong = []
    for name, bold in names(cell):
        if not meant(name):
            wrong.append(f"{name} is no canonical table or column")
        elif name not in CONTRACT and bold != (name.rpartition(".")[2] in REQUIRED):
            wrong.append(f"{name} is {'' if bold else 'not '}in bold")
    return wrong


def targets(text):
    """What stands behind the arrows of a cell, each as a list of words."""
    found = re.findall(r"→ ?([^,;:.()|`]*)", text)
    return [re.sub(r"\b(and|or)\b", " ", target).split() for target in found]


def wrong_targets(cell, text):
    """What the arrows of a row lead to that is neither a value nor a column of the row's names."""
    columns = {}
    for name, _ in names(cell):
        columns.update(meant(name))
    of_column = {}
    for (_, column), rules in columns.items():
        of_column.setdefault(column, set()).update(rules.get("values", []))
    if "event_type" in of_column:
        of_column["event_type"] |= event_types()
    values = set().union(*of_column.values())
    wrong = []
    for words in targets(text):
        for before, word in zip([None, *words], words, strict=False):
            free = word == "null" or re.fullmatch(r"[−-]?\d+", word) or word in of_column
            if not free and word not in (of_column.get(before) or values):
                wrong.append(f"{cell}: → {' '.join(words)}: {word} is unknown")
        if not words:
            wrong.append(f"{cell}: an arrow leads nowhere")
    return wrong


PLATFORM_ROWS = tables("Canonical column")


def test_every_platform_is_read():
    sections = {row[0] for row in PLATFORM_ROWS}
    headings = re.findall(r"^### (.+)$", GUIDE, flags=re.MULTILINE)
    assert sections == set(headings)
    assert len(sections) == 8


@pytest.mark.parametrize("section", sorted({row[0] for row in PLATFORM_ROWS}))
def test_canonical_names_and_values_exist(section):
    wrong = []
    for _, cell, *rest in (row for row in PLATFORM_ROWS if row[0] == section):
        wrong += wrong_names(cell) + wrong_targets(cell, " | ".join(rest))
    assert wrong == []


def test_enums_are_mapped_with_arrows_so_that_they_are_checked():
    """A row for a column with an enum says by arrows what becomes what, or that it is derived."""
    enums = ("channel", "direction", "end_reason", "declared_outcome", "actor_type")
    bare = [
        f"{section}: {cell}"
        for section, cell, *rest in PLATFORM_ROWS
        if any(name.rpartition(".")[2] in enums for name, _ in names(cell))
        and "→" not in rest[0]
        and "derive" not in rest[0]
        and "through a list" not in rest[0]
    ]
    assert bare == []


def test_tables_that_light_up_metrics_exist():
    rows = tables("Canonical table")
    assert rows
    unknown = [name for _, cell, _ in rows for name, _ in names(cell) if not meant(name)]
    assert unknown == []
    bold = {name for _, cell, _ in rows for name, is_bold in names(cell) if is_bold}
    assert bold == {"interactions", "turns"}


def test_columns_that_every_platform_needs_exist():
    """`- table: `column` value ...`, the list before the platforms."""
    lines = re.findall(r"^- (\w+): (.+)$", GUIDE, flags=re.MULTILINE)
    assert len(lines) == 4
    for table, text in lines:
        for name, word in re.findall(r"`(\w+)` ?(\w*)", text):
            assert name in CONTRACT[table]
            if values := CONTRACT[table][name].get("values"):
                assert word in values


def test_vars_exist():
    """Of a system's own vars (cx_tickets_path) the project sets no default."""
    code = set(re.findall(r"\bcx_\w+", GUIDE))
    own = {name for name in code if name.startswith(("cx_tickets_", "cx_tau2_"))}
    assert code - own - set(VARS) == set()


@pytest.mark.parametrize(
    ("cell", "text", "complaint"),
    [
        ("chanel", "", "chanel is no canonical"),
        ("turns.started_at", "", "turns.started_at is no canonical"),
        ("channel", "", "channel is not in bold"),
        ("**queue_id**", "", "queue_id is in bold"),
        ("**channel**", "`SMS` → voice; `X` → sms, else", "sms is unknown"),
        ("end_reason, declared_outcome", "done → completed and solved", "solved is unknown"),
        ("handoffs", "`x` → status lost", "lost is unknown"),
        ("handoffs", "`x` → status inbound", "inbound is unknown"),
        ("handoffs", "`x` → status bot", "bot is unknown"),
        ("surveys", "`x` → answered_at", "answered_at is unknown"),
        ("downstream_events", "reopened → reopening", "reopening is unknown"),
        ("turns", "`x` → `y`", "leads nowhere"),
    ],
)
def test_a_wrong_name_is_found(cell, text, complaint):
    assert complaint in "; ".join(wrong_names(cell) + wrong_targets(cell, text))


def test_right_names_pass():
    text = "`a` → instrument nps and score; b → −1; `c` → null. → responded_at (later)"
    assert wrong_targets("surveys", text) == []
    assert wrong_names("**interactions.interaction_id**, ended_at, turns (voice, chat)") == []
