"""Moves descriptions that several columns share into doc blocks of models/docs.md.

    .venv/bin/dbt parse
    .venv/bin/python scripts/describe_once.py

A block is named for its column, and for the model too where that name is taken. Read the diff: a
text such as "The same" may have been right beside its neighbour, and says nothing in a block.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
DOCS = Path("models/docs.md")
BLOCK = re.compile(r"\{% docs (\w+) %\}\n(.*?)\n\{% enddocs %\}", re.DOTALL)


def tables(manifest: dict) -> list[dict]:
    """Models and seeds of this project, those of systems that are off too."""
    nodes = [*manifest["nodes"].values(), *(n for ns in manifest["disabled"].values() for n in ns)]
    ours = [node for node in nodes if node["package_name"] == "ai_cx_metrics"]
    return [node for node in ours if node["resource_type"] in ("model", "seed")]


def shared_texts(manifest: dict) -> dict[str, str]:
    """{text: name of its doc block} of the texts that are written more than once."""
    written = defaultdict(list)
    for table in tables(manifest):
        for column in table["columns"].values():
            text = " ".join(column["description"].split())
            if text and not column.get("doc_blocks") and "{{" not in text:
                written[text].append((table["name"], column["name"]))
    blocks = [d for d in manifest["docs"].values() if d["package_name"] == "ai_cx_metrics"]
    known = {" ".join(block["block_contents"].split()): block["name"] for block in blocks}
    taken = set(known.values())
    found = {}
    for text, columns in sorted(written.items()):
        model, column = sorted(columns)[0]
        if text in known:
            found[text] = known[text]
        elif len(columns) > 1:
            found[text] = column if column not in taken else f"{model}_{column}"
            taken.add(found[text])
    return found


def refer(source: str, names: dict[str, str]) -> str:
    """A properties file with the descriptions of columns replaced by their doc block."""
    lines, out, at = source.split("\n"), [], 0
    while at < len(lines):
        key = re.match(r"( {8,})description:", lines[at])
        if not key:
            out.append(lines[at])
            at += 1
            continue
        indent, end = len(key[1]), at + 1
        while end < len(lines) and lines[end].startswith(" " * (indent + 1)):
            end += 1
        given = yaml.safe_load("\n".join(line[indent:] for line in lines[at:end]))["description"]
        name = names.get(" ".join(str(given or "").split()))
        block = [f"{key[1]}description: \"{{{{ doc('{name}') }}}}\""]
        out += block if name else lines[at:end]
        at = end
    return "\n".join(out)


def main() -> None:
    """Rewrites the YAML of models and seeds, and models/docs.md."""
    manifest = json.loads((ROOT / "target/manifest.json").read_text(encoding="utf-8"))
    names = shared_texts(manifest)
    for folder in ("models", "seeds"):
        for file in sorted((ROOT / folder).rglob("*.yml")):
            source = file.read_text(encoding="utf-8")
            changed = refer(source, names)
            if changed != source:
                file.write_text(changed, encoding="utf-8")
    blocks = dict(BLOCK.findall((ROOT / DOCS).read_text(encoding="utf-8")))
    existing = {d["name"] for d in manifest["docs"].values()}
    blocks |= {name: text for text, name in names.items() if name not in existing}
    text = "\n\n".join(f"{{% docs {n} %}}\n{blocks[n]}\n{{% enddocs %}}" for n in sorted(blocks))
    (ROOT / DOCS).write_text(text + "\n", encoding="utf-8")
    print(f"{len(names)} texts: {', '.join(names.values()) or 'none is written twice'}")


if __name__ == "__main__":
    main()
