"""Satisfaction of real dialogues (RSSN, Liu et al., EMNLP 2021, MIT licence): writes docs/rssn.md.

    PYTHONPATH=scripts .venv/bin/python -m satisfaction.rssn ../shared/data/rssn/turns.csv.gz

A dialogue is satisfying (2), neutral (1) or not (0). The model sees the order of the turns, who
spoke, how long and with what sentiment; nothing that was said. Dialogues never straddle the split.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score

from . import estimate, models

LEVELS = (0, 1, 2)
SETTINGS = replace(models.SETTINGS, levels=LEVELS)
REPORT = Path(__file__).parents[2] / "docs" / "rssn.md"


def dialogues(turns):
    """One row per dialogue: features from the order of its turns, `satisfaction` and `split`."""
    turns = turns.rename(
        columns={
            "sentiment_0neg_1neu_2pos": "sentiment",
            "dialogue_satisfaction_0_1_2": "satisfaction",
        }
    ).sort_values(["session_id", "turn_index"])
    return pd.DataFrame([_dialogue(rows) for _, rows in turns.groupby("session_id")])


def _dialogue(rows):
    feeling = rows["sentiment"].to_numpy(dtype=float) - 1
    tokens = rows["n_tokens"].to_numpy(dtype=float)
    half = max(1, len(rows) // 2)
    return {
        "split": rows["split"].iloc[0],
        "satisfaction": float(rows["satisfaction"].iloc[0]),
        "turns": len(rows),
        "share_of_role_1": rows["role_code"].mean(),
        "mean_tokens": tokens.mean(),
        "tokens_of_last_turn": tokens[-1],
        "mean_sentiment": feeling.mean(),
        "lowest_sentiment": feeling.min(),
        "first_sentiment": feeling[:half].mean(),
        "last_sentiment": feeling[-1],
        "later_half_sentiment": feeling[-half:].mean(),
        "negative_turns": float((feeling < 0).sum()),
        "positive_turns": float((feeling > 0).sum()),
    }


def predictions(frame):
    """(answers of the test dialogues, {name: probabilities of the levels})."""
    train, test = frame[frame["split"] == "eval"], frame[frame["split"] == "test"]
    y = train["satisfaction"].to_numpy()
    names = [name for name in frame.columns if name not in ("split", "satisfaction")]
    encoder = models.Encoder(names).fit(train)
    ours = models.Answers(SETTINGS).fit(encoder.transform(train), y)
    simple = models.Encoder(["turns", "mean_sentiment"]).fit(train)
    logistic = LogisticRegression(max_iter=500).fit(simple.transform(train), y)
    shares = np.array([(y == level).mean() for level in LEVELS])
    return test["satisfaction"].to_numpy(), {
        "majority": np.tile(shares, (len(test), 1)),
        "logistic on turns and mean sentiment": logistic.predict_proba(simple.transform(test)),
        "this project: cumulative ridge logistic": ours.predict(encoder.transform(test)),
    }


def scores(y, p):
    """Figures of one model on the test dialogues."""
    guess = p.argmax(axis=1)
    hits = (y[:, None] == np.array(LEVELS)[None, :]).astype(float)
    return {
        "UAR": balanced_accuracy_score(y, guess),
        "macro-F1": f1_score(y, guess, average="macro"),
        "ECE (satisfied)": estimate.calibration_error(p[:, 2], hits[:, 2]),
        "Brier": float(((p - hits) ** 2).sum(axis=1).mean()),
        "mean error": float((p @ np.array(LEVELS) - y).mean()),
    }


def report(frame):
    """The page, as Markdown."""
    y, by_model = predictions(frame)
    table = pd.DataFrame({name: scores(y, p) for name, p in by_model.items()}).T
    rows = [
        f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |"
        for name, row in table.iterrows()
    ]
    return "\n".join(
        [
            "# Satisfaction of real dialogues (RSSN)",
            "",
            "Written by `python -m satisfaction.rssn`; do not edit.",
            "",
            f"{len(frame)} e-commerce service dialogues with a satisfaction label (0, 1, 2). The "
            f"models are fitted to {len(frame) - len(y)} and tested on the {len(y)} others; "
            "the split is that of the data and by dialogue. No other choice was made on the test "
            "dialogues.",
            "",
            "| model | " + " | ".join(table.columns) + " |",
            "|---" * (len(table.columns) + 1) + "|",
            *rows,
            "",
            "UAR: mean recall of the three labels (chance 0.333). ECE: calibration error of P(2) "
            "in ten bins. Brier: 0 best, 2 worst. Mean error: of the expected label, in labels.",
            "",
            "What this does not show:",
            "",
            "- The sentiment of each turn is a human label here; in production a model guesses it.",
            "- The satisfaction is an annotator's judgement of the dialogue, not the customer's "
            "answer, and every dialogue has one: nothing is learnt about who answers.",
            "- There are no timestamps, channels, intents or later contacts: waits, silences, "
            "effort and evidence of a resolution cannot be used. What was said is not used at all, "
            "nor is the label that a person should take over.",
            "- No published figure exists for this split and these inputs; compare with the "
            "baselines in the table only.",
            "",
        ]
    )


def main():
    """Reads the turns, writes the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("turns", type=Path)
    REPORT.write_text(report(dialogues(pd.read_csv(parser.parse_args().turns))))


if __name__ == "__main__":
    main()
