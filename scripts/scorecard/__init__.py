"""The one-page scorecard: reads the marts, writes one self-contained HTML file."""
