"""Satisfaction of everybody: models of answers and of answering, and what is estimated from them.

`models` fits and predicts (scikit-learn), `estimate` is the arithmetic that the SQL does too,
`worlds` simulates companies whose true satisfaction is known, `rssn` reports on real dialogues.
"""

from .models import SETTINGS, cross_fit, feature_names, fit_pair, score_at_close

__all__ = ["SETTINGS", "cross_fit", "feature_names", "fit_pair", "score_at_close"]
