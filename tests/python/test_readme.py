"""README.md shows the figures of the demo as it builds today; its links lead somewhere."""

import re
import subprocess
import sys

import pytest


def test_figures_are_those_of_the_demo(demo_database, project_root):
    command = [sys.executable, "scripts/dev/readme_result.py", str(demo_database), "--check"]
    done = subprocess.run(command, cwd=project_root, check=False)
    assert done.returncode == 0, "run scripts/dev/readme_result.py to bring README.md up to date"


@pytest.mark.parametrize("page", ["README.md", "DECISIONS.md", "docs/developing.md"])
def test_links_lead_somewhere(project_root, page):
    source = project_root / page
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", source.read_text())
    missing = [
        link
        for link in links
        if not link.startswith("http") and not (source.parent / link).exists()
    ]
    assert missing == []
