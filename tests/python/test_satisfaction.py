"""Satisfaction of everybody: worlds whose truth is known, the SQL against Python, and no leaks.

The worlds are those of scripts/satisfaction/worlds.py. The fast run has 60 per scenario, smaller
ones, and holds their coverage against exact binomial bounds; `validate` runs 500 of full size.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from dbt_helpers import PROJECT_ROOT
from macros_harness import column, parses_on_spark, run
from satisfaction import estimate, models, worlds
from scipy import stats
from threadpoolctl import threadpool_limits

BINARY = replace(models.SETTINGS, levels=(0, 1))
LEVELS = (1, 2, 3, 4, 5)
SCENARIOS = ("mcar", "mar", "misspecified")
PROBABILITIES = "{" + ", ".join(f"{k}: 'p{k}'" for k in LEVELS) + "}"


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """The matrices are small: threads would only wait for each other."""
    with threadpool_limits(1):
        yield


def fitted(seed, scenario, n, gamma=0.0):
    """A world with its predictions: (frame, answers, satisfied, P(satisfied), propensity)."""
    frame, satisfied = worlds.simulate(seed, scenario, n, gamma)
    pairs = models.cross_fit(frame, settings=BINARY)
    levels, propensity = models.predict_cross_fitted(pairs, frame)
    return frame, frame["satisfaction"].to_numpy(), satisfied, levels, propensity


def outcome(seed, scenario, n, gamma=0.0):
    """What the estimators say of one world, as a dict."""
    frame, y, satisfied, levels, pi = fitted(seed, scenario, n, gamma)
    truth, truth_by_intent = worlds.truth(scenario)
    phi = estimate.tilted_pseudo_outcome(y, levels, pi, (0, 1), gamma)
    answered = ~np.isnan(y)
    mean, lower, upper = estimate.mean_interval(phi, answered.sum(), 0, 1)
    survey = stats.t.interval(0.95, answered.sum() - 1, y[answered].mean(), stats.sem(y[answered]))
    residual = np.std(y[answered] - levels[answered, 1]) / np.sqrt(answered.sum())
    published_ppi = levels[:, 1].mean() + (y[answered] - levels[answered, 1]).mean()
    plug_in_se = levels[:, 1].std() / np.sqrt(n)
    intents = []
    for intent, rows in frame.groupby("intent_id").indices.items():
        if answered[rows].sum() >= 30:
            _, low, high = estimate.mean_interval(phi[rows], answered[rows].sum(), 0, 1)
            intents.append(low <= truth_by_intent[intent] <= high)
    return {
        "error": mean - truth,
        "covers": lower <= truth <= upper,
        "survey_covers": survey[0] <= truth <= survey[1],
        "plug_in_covers": abs(levels[:, 1].mean() - truth) < 1.96 * plug_in_se,
        "ppi_covers": abs(published_ppi - truth) < 1.96 * np.hypot(residual, plug_in_se),
        "intents": intents,
        "calibration_error": estimate.calibration_error(levels[~answered, 1], satisfied[~answered]),
    }


def outcomes(scenario, count, n, gamma=0.0):
    offset = 100_000 * worlds.SCENARIOS.index(scenario)
    return pd.DataFrame([outcome(offset + k, scenario, n, gamma) for k in range(count)])


def compatible_with_95_percent(covers):
    """An exact binomial test does not reject coverage of 95 % at 0.2 %."""
    return stats.binomtest(int(covers.sum()), len(covers), 0.95).pvalue > 0.002


@pytest.fixture(scope="module", params=SCENARIOS)
def small(request):
    """60 worlds of one scenario, 4,000 interactions each."""
    return request.param, outcomes(request.param, 60, 4000)


def test_interval_covers_the_truth(small):
    _, results = small
    assert compatible_with_95_percent(results["covers"])
    error = results["error"]
    assert abs(error.mean()) < 0.005 + 3 * error.sem()


def test_the_usual_estimators_fail(small):
    """The survey mean, the mean of the predictions, and prediction-powered inference unweighted."""
    scenario, results = small
    if scenario == "mcar":
        assert compatible_with_95_percent(results["survey_covers"])
        return
    assert results["survey_covers"].mean() < 0.3
    assert results["plug_in_covers"].mean() < 0.6
    assert results["ppi_covers"].mean() < 0.9


def test_not_at_random_with_the_true_odds_ratio():
    """Satisfaction triples the odds of an answer: told so, the interval covers; else it is off."""
    gamma = np.log(3)
    assert compatible_with_95_percent(outcomes("mnar", 40, 4000, gamma)["covers"])
    off = []
    for seed in range(5):
        _, y, _, levels, pi = fitted(seed, "mnar", 4000, gamma)
        off.append(estimate.pseudo_outcome(y, levels[:, 1], pi).mean() - worlds.truth("mnar")[0])
    assert np.mean(off) > 0.05


@pytest.mark.validate
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_full_size_worlds(scenario):
    """The figures of the design: 500 worlds of 20,000 interactions."""
    results = outcomes(scenario, 500, 20_000)
    assert 0.93 <= results["covers"].mean() <= 0.97
    assert abs(results["error"].mean()) <= 0.005
    intents = np.concatenate(results["intents"].to_numpy())
    assert 0.92 <= intents.mean() <= 0.98
    if scenario != "misspecified":
        assert results["calibration_error"].mean() <= 0.02
    if scenario != "mcar":
        assert results["survey_covers"].mean() < 0.3


@pytest.mark.validate
def test_full_size_worlds_not_at_random():
    gamma = np.log(1.5)
    assert 0.93 <= outcomes("mnar", 500, 20_000, gamma)["covers"].mean() <= 0.97


def test_calibration_of_those_who_say_nothing():
    """On 20,000 interactions the predictions of non-respondents are off by 2 points at most."""
    errors = [outcome(seed, "mar", 20_000)["calibration_error"] for seed in range(3)]
    assert np.mean(errors) <= 0.02


# --- the SQL --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers():
    """600 rows with a distribution over 1 to 5, a propensity and some answers."""
    rng = np.random.default_rng(5)
    p = rng.dirichlet((1, 1, 2, 4, 3), 600)
    frame = pd.DataFrame(p, columns=[f"p{k}" for k in LEVELS])
    frame["mu"] = estimate.expectation(p, LEVELS)
    frame["pi"] = rng.uniform(0.005, 0.6, 600)
    frame["y"] = np.where(
        rng.random(600) < frame["pi"], rng.choice(LEVELS, 600).astype(float), np.nan
    )
    return frame


def test_pseudo_outcome_in_sql(answers):
    expression = "{{ pseudo_outcome('y', 'mu', 'pi') }}"
    got = column(expression, answers)
    want = estimate.pseudo_outcome(*(answers[name].to_numpy() for name in ("y", "mu", "pi")))
    assert np.allclose(got, want, rtol=0, atol=1e-9)
    assert got.mean() == pytest.approx(want.mean(), abs=1e-9)
    assert parses_on_spark(f"select {expression} as v from t")


@pytest.mark.parametrize("odds_ratio", [0.333333, 0.666667, 1, 1.5, 3])
def test_tilting_in_sql(answers, odds_ratio):
    expression = f"{{{{ tilted_pseudo_outcome('y', 'pi', {PROBABILITIES}, {odds_ratio}) }}}}"
    got = column(expression, answers)
    p = answers[[f"p{k}" for k in LEVELS]].to_numpy()
    want = estimate.tilted_pseudo_outcome(
        answers["y"].to_numpy(), p, answers["pi"].to_numpy(), LEVELS, np.log(odds_ratio)
    )
    assert np.allclose(got, want, rtol=1e-9, atol=1e-9)


def test_tilting_of_two_levels_is_the_closed_form(answers):
    """phi = R y + (1-R) m0 + R (1-pi)/pi e^-g / D^2 (y - mu), D = mu e^-g + 1 - mu."""
    g, mu, pi = 0.7, answers["p5"].to_numpy(), answers["pi"].to_numpy()
    answered = answers["y"].notna().to_numpy()
    y = np.where(answered, (answers["y"] >= 4).astype(float), np.nan)
    d = mu * np.exp(-g) + 1 - mu
    weight = (1 - pi) / pi * np.exp(-g) / d**2
    want = np.where(answered, y + weight * (y - mu), mu * np.exp(-g) / d)
    got = estimate.tilted_pseudo_outcome(y, np.column_stack([1 - mu, mu]), pi, (0, 1), g)
    assert np.allclose(got, want, atol=1e-12)


def test_without_tilt_it_is_the_pseudo_outcome(answers):
    p = answers[[f"p{k}" for k in LEVELS]].to_numpy()
    y, mu, pi = (answers[name].to_numpy() for name in ("y", "mu", "pi"))
    assert np.allclose(
        estimate.tilted_pseudo_outcome(y, p, pi, LEVELS, 0.0), estimate.pseudo_outcome(y, mu, pi)
    )


@pytest.mark.parametrize("n", [5, 40, 600])
def test_interval_in_sql(answers, n):
    part = answers.head(n)
    phi = np.clip(
        estimate.pseudo_outcome(*(part[name].to_numpy() for name in ("y", "mu", "pi"))), -20, 20
    )
    count = max(2, int(part["y"].notna().sum()))
    frame = pd.DataFrame({"m": [phi.mean()], "v": [phi.var(ddof=1) / n], "a": [count]})
    mean, *want = estimate.mean_interval(phi, count)
    got = [
        column(f"{{{{ scale_mean_{side}('m', 'v', 'a', 1, 5) }}}}", frame)[0]
        for side in ("lower", "upper")
    ]
    assert 1 < mean < 5
    assert np.allclose(got, want, atol=1e-6)


def test_wilson_of_independent_answers():
    """8 of 31 with every unit answering at propensity 1 is the textbook interval, but for t."""
    phi = np.array([1.0] * 8 + [0.0] * 23)
    p, n = 8 / 31, 31
    z = stats.t.ppf(0.975, n - 1)
    a = z**2 / (n - 1)
    want = (p + a / 2 - np.sqrt(a * (p * (1 - p) + a / 4))) / (1 + a)
    assert estimate.mean_interval(phi, n, 0, 1)[1] == pytest.approx(want, abs=1e-12)


def test_prediction_powered_inference_with_weights(answers):
    """ppi-python divides by the sum of the weights where phi divides by n; else they are equal."""
    from ppi_py import ppi_mean_pointestimate

    y, mu, pi = (answers[name].to_numpy() for name in ("y", "mu", "pi"))
    answered = ~np.isnan(y)
    peer = ppi_mean_pointestimate(y[answered], mu[answered], mu, lam=1, w=1 / pi[answered]).item()
    by_sql = run(
        """
        select
            avg(mu) + (avg({{ pseudo_outcome('y', 'mu', 'pi') }}) - avg(mu))
            * count(*) / sum(case when y is not null then 1 / pi end) as v
        from answers
        """,
        answers=answers,
    )["v"].item()
    assert by_sql == pytest.approx(peer, abs=1e-9)


# --- no leaks -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def history():
    """Interactions of 12 weeks with answers, as int_satisfaction_features has them."""
    frame, satisfied = worlds.simulate(3, "mar", 6000)
    rng = np.random.default_rng(9)
    frame["closed_at"] = pd.Timestamp("2026-01-05") + pd.to_timedelta(
        rng.uniform(0, 84, len(frame)), unit="D"
    )
    delay = pd.to_timedelta(rng.exponential(1.0, len(frame)), unit="D")
    answered = frame["satisfaction"].notna()
    frame["answered_at"] = (frame["closed_at"] + delay).where(answered)
    frame["satisfaction"] = (1 + 4 * satisfied).astype(float)
    frame.loc[~answered, "satisfaction"] = np.nan
    return frame


def close_scores(frame):
    weeks = sorted(models.week_of(frame["closed_at"]).unique())
    return models.score_at_close(models.weekly_fits(frame, weeks), frame)


def test_the_future_changes_no_score_at_close(history):
    """Answers, later features and interactions from a week on are shuffled: earlier scores stay."""
    rng = np.random.default_rng(1)
    cut = pd.Timestamp("2026-02-16")
    before = close_scores(history)
    shuffled = history.copy()
    shuffled["later_recontact"] = rng.permutation(shuffled["later_recontact"])
    future = (shuffled["answered_at"] >= cut).to_numpy()
    shuffled.loc[future, "satisfaction"] = rng.permutation(shuffled.loc[future, "satisfaction"])
    late = (shuffled["closed_at"] >= cut).to_numpy()
    shuffled.loc[late, "sentiment"] = rng.permutation(shuffled.loc[late, "sentiment"])
    after = close_scores(shuffled)
    early = (models.week_of(history["closed_at"]) <= cut).to_numpy() & ~late
    assert np.isfinite(before[early]).mean() > 0.5
    assert np.array_equal(before[early], after[early], equal_nan=True)
    assert not np.array_equal(before[late], after[late], equal_nan=True)


def test_scores_do_not_use_the_interactions_own_answer(history):
    """Cross-fitting: another answer of one interaction does not move its own prediction."""
    changed = history.copy()
    row = changed["satisfaction"].first_valid_index()
    changed.loc[row, "satisfaction"] = 6 - changed.loc[row, "satisfaction"]
    predictions = []
    for frame in (history, changed):
        levels, _ = models.predict_cross_fitted(models.cross_fit(frame), frame)
        predictions.append(levels[history.index.get_loc(row)])
    assert np.array_equal(*predictions)


def test_features_end_with_the_interaction():
    """The names of the features: those that the future brings say so, and close leaves them out."""
    frame = pd.DataFrame(columns=[*models.KEYS, "channel", "later_recontact"])
    assert models.feature_names(frame) == ["channel"]
    assert models.feature_names(frame, later=True) == ["channel", "later_recontact"]


def test_predictions_do_not_depend_on_order_or_chunks(history, monkeypatch):
    import duckdb
    from satisfaction import predictions

    shuffled = history.sample(frac=1, random_state=4)
    results = []
    for frame, chunk_rows in ((history, 250_000), (shuffled, 500)):
        monkeypatch.setattr(predictions, "CHUNK_ROWS", chunk_rows)
        with duckdb.connect() as connection:
            connection.register("features", frame)
            chunks = list(predictions.predict_all(connection.table("features")))
        assert len(chunks) > 1 or chunk_rows > len(frame)
        results.append(pd.concat(chunks).sort_values("interaction_id").reset_index(drop=True))
    pd.testing.assert_frame_equal(*results, rtol=1e-6)
    assert len(results[0]) == len(history)


def test_too_few_answers_predict_nothing(history):
    import duckdb
    from satisfaction import predictions

    few = history.copy()
    few.loc[few["satisfaction"].notna().cumsum() > 20, "satisfaction"] = np.nan
    with duckdb.connect() as connection:
        connection.register("features", few)
        scored = pd.concat(predictions.predict_all(connection.table("features")))
    assert scored["probability_5"].isna().all()
    assert scored["training_answers"].isna().all()
    assert len(scored) == len(few)


# --- the distribution ---------------------------------------------------------------------------


def test_two_levels_are_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    design = rng.normal(size=(400, 3))
    y = (rng.random(400) < 1 / (1 + np.exp(-design[:, 0] - 1))).astype(int)
    ours = models.Answers(BINARY).fit(design, y).predict(design)[:, 1]
    theirs = LogisticRegression(C=0.1).fit(design, y).predict_proba(design)[:, 1]
    assert np.abs(ours - theirs).max() < 2e-3


def test_distribution_is_one():
    rng = np.random.default_rng(0)
    design = rng.normal(size=(300, 2))
    y = np.clip(np.round(3.5 + design[:, 0] + rng.normal(size=300)), 1, 5)
    p = models.Answers().fit(design, y).predict(design)
    assert (p >= 0).all()
    assert np.allclose(p.sum(axis=1), 1)
    assert p.mean(axis=0) == pytest.approx([(y == k).mean() for k in LEVELS], abs=0.02)


# --- the demo company -----------------------------------------------------------------------------


def test_true_satisfaction_of_the_demo_is_in_the_interval(demo_query):
    """The survey flatters; in the demo who answers depends on the answer too, hence the band."""
    truth = pd.read_csv(PROJECT_ROOT / "tests" / "truth" / "demo" / "contacts.csv")
    true_mean = truth.drop_duplicates("interaction_id")["satisfaction"].mean()
    (row,) = demo_query(
        "select * from csat_estimates where period = 'all' and slice_dimension = 'overall'"
    )
    assert row["lower_95"] <= true_mean <= row["upper_95"]
    assert row["band_lower"] <= true_mean <= row["band_upper"]
    assert abs(row["value"] - true_mean) < abs(row["survey_mean"] - true_mean)


def test_published_mean_is_that_of_python(demo_frame):
    fct = demo_frame("select * from fct_satisfaction where is_mature and model_version is not null")
    p = fct[[f"probability_{k}" for k in LEVELS]].to_numpy()
    phi = estimate.pseudo_outcome(
        fct["satisfaction"].to_numpy(),
        estimate.expectation(p, LEVELS),
        fct["response_propensity"].to_numpy(),
    )
    overall = "where period = 'all' and slice_dimension = 'overall'"
    for source in (
        f"csat_estimates {overall}",
        f"metric_estimates {overall} and metric_id = 'conversational_csat'",
    ):
        assert demo_frame(f"select value from {source}")["value"].item() == pytest.approx(
            phi.mean(), abs=1e-9
        )
