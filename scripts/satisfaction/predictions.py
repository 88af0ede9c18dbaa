"""Predictions for a whole DuckDB relation of features: trains on a sample, scores in chunks."""

import math

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from . import models

BUCKETS = 4096
CHUNK_ROWS = 250_000


def predict_all(features, settings=models.SETTINGS):
    """Yields frames of predictions, one row per row of features, a chunk of buckets at a time.

    features: DuckDB relation (KEYS and features, see models). The sample is the lowest buckets, so
    the same rows give the same predictions whatever their order. Where answers are too few, every
    prediction is NULL.
    """
    with threadpool_limits(1):
        yield from _predict_all(features, settings)


def _predict_all(features, settings):
    """The same, on one thread: the matrices are small, and threads would wait for each other."""
    rows, answered = features.aggregate("count(*), count(satisfaction)").fetchone()
    features = features.order("interaction_id")
    sample = _read(features, f"bucket < {_share(settings.maximum_rows, rows)}")
    answers = _read(
        features,
        f"satisfaction is not null and bucket < {_share(settings.maximum_answers, answered)}",
    )
    pairs = models.cross_fit(sample, sample, answers, settings)
    known = _read(features, "satisfaction is not null")
    weeks = _weeks(features)
    fits = models.weekly_fits(known, weeks, settings)
    step = max(1, math.floor(BUCKETS * CHUNK_ROWS / max(rows, 1)))
    for first in range(0, BUCKETS, step):
        chunk = _read(features, f"bucket >= {first} and bucket < {first + step}")
        if first == 0 or len(chunk):
            yield _predict(chunk, pairs, fits, len(answers), settings)


def _share(wanted, there):
    """The bucket below which about `wanted` of the rows there lie."""
    return BUCKETS if there <= wanted else math.ceil(BUCKETS * wanted / there)


def _read(features, condition):
    return features.filter(condition).df()


def _weeks(features):
    days = features.aggregate("date_trunc('week', closed_at) as week", "").distinct().df()["week"]
    return sorted(pd.to_datetime(days.dropna()))


def _predict(chunk, pairs, fits, training_answers, settings):
    """Predictions of one chunk."""
    levels = settings.levels
    estimate = np.full((len(chunk), len(levels)), np.nan)
    propensity = np.full(len(chunk), np.nan)
    if pairs is not None and len(chunk):
        estimate, propensity = models.predict_cross_fitted(pairs, chunk)
    close = models.score_at_close(fits, chunk, settings)
    weeks = models.week_of(chunk["closed_at"])
    sizes = {start: float(fit.training_answers) for start, fit in fits.items()}
    until = {start: fit.trained_until for start, fit in fits.items()}
    return pd.DataFrame(
        {
            "interaction_id": chunk["interaction_id"].astype(object),
            "response_propensity": propensity,
            **{f"probability_{level}": estimate[:, k] for k, level in enumerate(levels)},
            **{f"close_probability_{level}": close[:, k] for k, level in enumerate(levels)},
            "training_answers": _where(pairs is not None, training_answers, len(chunk)),
            "close_training_answers": weeks.map(sizes).astype(float),
            "close_trained_until": weeks.map(until).astype("datetime64[us]"),
            "features": ", ".join(models.feature_names(chunk, later=True)),
            "model_version": settings.version,
        }
    )


def _where(condition, value, n):
    return np.full(n, float(value) if condition else np.nan)
