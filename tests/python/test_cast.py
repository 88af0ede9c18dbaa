"""Reading text: what cannot be read is missing, and a time with an offset becomes UTC."""

import pandas as pd
import pytest
from macros_harness import column


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-01 10:00:00+02:00", "2026-01-01 08:00:00"),
        ("2026-01-01T10:00:00.25-0530", "2026-01-01 15:30:00.25"),
        ("2026-01-01T00:30:00+01", "2025-12-31 23:30:00"),
        ("2026-01-01T10:00:00Z", "2026-01-01 10:00:00"),
        ("2026-01-01 10:00:00 UTC", "2026-01-01 10:00:00"),
        (" 2026-01-01 10:00:00 ", "2026-01-01 10:00:00"),
        ("2026-01-01", "2026-01-01 00:00:00"),
        ("10:00 +02:00", None),
        ("", None),
    ],
)
def test_a_time_is_read_in_utc(text, utc):
    frame = pd.DataFrame({"text": [text]})
    found = column("{{ try_cast('text', 'timestamp') }}", frame)[0]
    assert (None if pd.isna(found) else pd.Timestamp(found)) == (utc and pd.Timestamp(utc))
