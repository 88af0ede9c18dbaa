"""Ridge-logistic models of what a customer would answer, and of who answers.

A frame has one row per interaction: the keys of KEYS, `satisfaction` (the answer, NULL without
one), `answered_at`, and features. Text columns are categories; columns that begin with `later_` are
known only after the interaction and serve the estimate of a mean, never the score at close.

The answer is modelled by cumulative logits with common slopes: one ridge-logistic regression of
"answer > k" over all thresholds k gives P(1) ... P(5). With two levels it is plain logistic
regression. Source of the cross-fitting: Chernozhukov et al. 2018, The Econometrics Journal 21.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import SplineTransformer

KEYS = ("interaction_id", "bucket", "closed_at", "satisfaction", "answered_at")
LATER = "later_"


@dataclass(frozen=True)
class Settings:
    """What the models are fitted with; a change is a new version.

    levels: possible answers. c_answer, c_response: inverse strength of the ridge. floor: smallest
    response propensity. folds: of the cross-fitting. minimum_answers: fewer fit nothing.
    maximum_answers, maximum_rows: size of the training sample (rows).
    """

    version: str = "1"
    levels: tuple = (1, 2, 3, 4, 5)
    c_answer: float = 0.1
    c_response: float = 1.0
    floor: float = 0.005
    folds: int = 5
    minimum_answers: int = 30
    maximum_answers: int = 50_000
    maximum_rows: int = 200_000


SETTINGS = Settings()


def feature_names(frame, later=False):
    """Names of a frame's features; with later, those that the future brings too."""
    return [
        name for name in frame.columns if name not in KEYS and (later or not name.startswith(LATER))
    ]


def _numbers(column):
    """A numeric column as floats; seconds on a logarithmic scale, for their long tail."""
    values = pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)
    return np.log1p(np.maximum(values, 0)) if column.name.endswith("_seconds") else values


@dataclass
class Encoder:
    """Turns features into the columns of a design matrix, as learnt from a training frame.

    Numbers are standardised (missing: the mean, with an indicator) and held within 4 standard
    deviations; categories become indicators, those seen in less than 1 % of the rows none.
    """

    names: list
    with_splines: bool = False
    scales: dict = field(default_factory=dict)
    categories: dict = field(default_factory=dict)
    splines: dict = field(default_factory=dict)

    def fit(self, frame):
        """Learns means, spreads, categories and knots."""
        for name in self.names:
            if not pd.api.types.is_numeric_dtype(frame[name]):
                shares = frame[name].fillna("none").astype(str).value_counts(normalize=True)
                self.categories[name] = sorted(shares[shares >= 0.01].index)
                continue
            values = _numbers(frame[name])
            seen = values[np.isfinite(values)]
            mean, spread = (seen.mean(), seen.std()) if len(seen) else (0.0, 0.0)
            self.scales[name] = (mean, spread or 1.0, len(seen) < len(values))
            standard = self._standard(values, name)
            if self.with_splines and len(np.unique(standard)) > 20:
                self.splines[name] = self._spline(standard)
        return self

    @staticmethod
    def _spline(standard):
        """Cubic splines with knots at quantiles (equal ones merged), constant outside."""
        knots = np.unique(np.quantile(standard, np.linspace(0, 1, 5)))
        return SplineTransformer(
            knots=knots[:, None], degree=3, extrapolation="constant", include_bias=False
        ).fit(standard[:, None])

    def _standard(self, values, name):
        mean, spread, _ = self.scales[name]
        filled = np.where(np.isfinite(values), values, mean)
        return np.clip((filled - mean) / spread, -4, 4)

    def transform(self, frame):
        """The design matrix (rows x columns), without an intercept."""
        columns = []
        for name, (_, _, has_missing) in self.scales.items():
            values = _numbers(frame[name])
            standard = self._standard(values, name)
            columns.append(standard[:, None])
            if name in self.splines:
                columns.append(self.splines[name].transform(standard[:, None]))
            if has_missing:
                columns.append(np.isnan(values)[:, None].astype(float))
        for name, known in self.categories.items():
            text = frame[name].fillna("none").astype(str).to_numpy()
            columns.append((text[:, None] == np.array(known, dtype=object)[None, :]).astype(float))
        return np.hstack(columns) if columns else np.zeros((len(frame), 0))


class Answers:
    """P(answer = level | features), by cumulative ridge-logistic regression."""

    # Thresholds are to be free: their penalty is divided by the square of this.
    FREE = 10.0

    def __init__(self, settings=SETTINGS):
        self.settings = settings

    def fit(self, design, answers):
        """design: rows x columns; answers: one of the levels each (others count as the nearest)."""
        levels = np.array(self.settings.levels, dtype=float)
        nearest = np.abs(np.asarray(answers)[:, None] - levels[None, :]).argmin(axis=1)
        thresholds = len(levels) - 1
        stacked = np.vstack([design] * thresholds)
        which = np.repeat(np.eye(thresholds) * self.FREE, len(design), axis=0)
        above = np.concatenate([nearest > k for k in range(thresholds)])
        model = LogisticRegression(
            C=self.settings.c_answer, solver="newton-cholesky", fit_intercept=False, max_iter=200
        ).fit(np.hstack([stacked, which]), above)
        self.slopes = model.coef_[0][: design.shape[1]]
        self.cuts = np.minimum.accumulate(model.coef_[0][design.shape[1] :] * self.FREE)
        return self

    def predict(self, design):
        """Probabilities of the levels (rows x levels); each row sums to 1."""
        logits = (design @ self.slopes)[:, None] + self.cuts[None, :]
        above = 1 / (1 + np.exp(-np.clip(logits, -40, 40)))
        edges = np.hstack([np.ones((len(design), 1)), above, np.zeros((len(design), 1))])
        return edges[:, :-1] - edges[:, 1:]


def _answers_of(frame):
    return frame[frame["satisfaction"].notna()]


def is_enough(frame, settings=SETTINGS):
    """Whether a frame has the answers that a fit needs: enough, and not all the same."""
    answers = _answers_of(frame)["satisfaction"]
    return len(answers) >= settings.minimum_answers and answers.nunique() > 1


@dataclass
class Pair:
    """A model of the answer and one of answering, fitted to the same frame."""

    answer_encoder: Encoder
    answer: Answers
    response_encoder: Encoder
    response: LogisticRegression
    settings: Settings

    def predict(self, frame):
        """(probabilities of the levels, response propensity from the floor to 1)."""
        levels = self.answer.predict(self.answer_encoder.transform(frame))
        answered = self.response.predict_proba(self.response_encoder.transform(frame))[:, 1]
        return levels, np.maximum(answered, self.settings.floor)


def fit_pair(frame, answers=None, later=True, settings=SETTINGS):
    """Fits both models; None where there are too few answers.

    frame: interactions that represent all, for the propensity. answers: the rows to learn answers
    from (default: those of the frame that have one).
    """
    answers = _answers_of(frame if answers is None else answers)
    answered = frame["satisfaction"].notna().to_numpy()
    if not is_enough(answers, settings) or answered.all() or not answered.any():
        return None
    names = feature_names(frame, later)
    answer_encoder = Encoder(names).fit(answers)
    answer = Answers(settings).fit(
        answer_encoder.transform(answers), answers["satisfaction"].to_numpy(dtype=float)
    )
    response_encoder = Encoder(names, with_splines=True).fit(frame)
    response = LogisticRegression(
        C=settings.c_response, solver="newton-cholesky", max_iter=200
    ).fit(response_encoder.transform(frame), answered)
    return Pair(answer_encoder, answer, response_encoder, response, settings)


def cross_fit(frame, sample=None, answers=None, settings=SETTINGS):
    """One Pair per fold, each fitted without the fold; None where the answers are too few.

    The fold of an interaction is its bucket modulo the number of folds. sample, answers: training
    rows where these are not the frame (see fit_pair).
    """
    sample = frame if sample is None else sample
    answers = sample if answers is None else answers
    pairs = []
    for fold in range(settings.folds):
        rest = sample["bucket"] % settings.folds != fold
        rest_of_answers = answers["bucket"] % settings.folds != fold
        pair = fit_pair(sample[rest], answers[rest_of_answers], later=True, settings=settings)
        if pair is None:
            return None
        pairs.append(pair)
    return pairs


def predict_cross_fitted(pairs, frame):
    """(probabilities of the levels, propensities) of a frame, each row by the pair without it."""
    settings = pairs[0].settings
    folds = frame["bucket"].to_numpy() % settings.folds
    levels = np.zeros((len(frame), len(settings.levels)))
    propensity = np.zeros(len(frame))
    for fold, pair in enumerate(pairs):
        rows = folds == fold
        if rows.any():
            levels[rows], propensity[rows] = pair.predict(frame[rows])
    return levels, propensity


@dataclass
class WeeklyFit:
    """The model that scores a week: fitted to the answers given before it began."""

    encoder: Encoder
    model: Answers
    training_answers: int
    trained_until: pd.Timestamp


def weekly_fits(answers, week_starts, settings=SETTINGS):
    """{start of a week: WeeklyFit}, from what was answered before it."""
    fits = {}
    answers = _answers_of(answers).sort_values(["answered_at", "interaction_id"])
    names = feature_names(answers)
    for start in week_starts:
        known = answers[answers["answered_at"] < start].tail(settings.maximum_answers)
        if is_enough(known, settings):
            encoder = Encoder(names).fit(known)
            model = Answers(settings).fit(
                encoder.transform(known), known["satisfaction"].to_numpy(dtype=float)
            )
            fits[start] = WeeklyFit(encoder, model, len(known), known["answered_at"].max())
    return fits


def week_of(times):
    """The Monday, midnight, on or before each time."""
    days = pd.to_datetime(times).dt.normalize()
    return days - pd.to_timedelta(days.dt.dayofweek, unit="D")


def score_at_close(fits, frame, settings=SETTINGS):
    """Probabilities of the levels as of close, NaN where no model could be fitted in time."""
    levels = np.full((len(frame), len(settings.levels)), np.nan)
    weeks = week_of(frame["closed_at"])
    for start, rows in weeks.groupby(weeks).indices.items():
        if start in fits:
            fit = fits[start]
            levels[rows] = fit.model.predict(fit.encoder.transform(frame.iloc[rows]))
    return levels
