# Every target of the project; `make` or `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build test test-slow lint format docs clean seeds lock setup setup-dev

export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DBT_PROFILES_DIR := $(CURDIR)
export PYTHONPATH := $(CURDIR)/scripts

STEP := scripts/dev/step
BIN := .venv/bin
DATABASE := $(or $(CX_DATABASE),ai_cx_metrics.duckdb)
# make build DBT_FLAGS="--vars '{cx_systems: [tau2]}'" hands flags to dbt.
DBT_FLAGS ?=

help: ## Lists every target.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Installs what is missing and builds the demo company into ai_cx_metrics.duckdb.
	@$(STEP) --reset
	@$(STEP) "install" scripts/dev/install runtime
	@$(STEP) "dbt packages" scripts/dev/packages
	@$(STEP) "dbt build" $(BIN)/dbt --warn-error build $(DBT_FLAGS)
	@$(STEP)
	@scripts/dev/next_steps "$(DATABASE)"

test: ## Lints, builds the demo with warnings as errors, and runs the fast tests.
	@$(STEP) --reset
	@$(MAKE) --no-print-directory setup-dev
	@$(MAKE) --no-print-directory lint-steps
	@$(STEP) "dbt build (warnings are errors)" $(BIN)/dbt --warn-error --quiet build
	@CX_TEST_DATABASE="$(abspath $(DATABASE))" $(STEP) "pytest" \
		$(BIN)/pytest --junitxml=build/pytest.xml $(PYTEST_FLAGS)
	@$(STEP)

test-slow: setup-dev ## Runs the slow tests (pytest -m slow) on the demo that is built.
	@CX_TEST_DATABASE="$(abspath $(DATABASE))" $(STEP) "pytest -m slow" \
		scripts/dev/pytest_or_none -m "slow and not validate and not spark" \
		--junitxml=build/pytest-slow.xml $(PYTEST_FLAGS)

.PHONY: test-spark
test-spark: ## Builds a small company on a local Spark and on DuckDB and compares every table (Java 17).
	@$(STEP) "install (spark)" scripts/dev/install spark
	@$(STEP) "dbt packages" scripts/dev/packages
	@$(STEP) "pytest -m spark" $(BIN)/pytest -m spark --junitxml=build/pytest-spark.xml $(PYTEST_FLAGS)

lint: setup-dev lint-steps ## Checks the style of Python, YAML and SQL.

.PHONY: lint-steps
lint-steps:
	@$(STEP) "ruff" $(BIN)/ruff check .
	@$(STEP) "ruff format" $(BIN)/ruff format --check .
	@$(STEP) "yamllint" $(BIN)/yamllint --strict .
	@$(STEP) "dbt compile" $(BIN)/dbt --warn-error --quiet compile \
		--target lint --target-path target/lint --log-path target/lint/logs
	@$(STEP) "sqlfluff" scripts/dev/lint_sql

format: setup-dev ## Rewrites Python and SQL in the project's style.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	CX_SQLFLUFF=fix scripts/dev/lint_sql

docs: setup-dev ## Writes the documentation, build/docs/index.html, with lineage and a diagram of the marts.
	@$(STEP) "dbt docs" $(BIN)/dbt --quiet docs generate --static $(DBT_FLAGS)
	@$(STEP) "lineage of columns, diagram" $(BIN)/python -m docs_site target build/docs
	@echo "Open build/docs/index.html in a browser."

seeds: setup ## Writes the demo company's seeds anew (same seed, same files).
	@$(STEP) "simulate" $(BIN)/python -m simulate demo

.PHONY: definitions
definitions: setup ## Records the definitions of new metric versions (flags: DEFINITIONS_FLAGS=--accept).
	$(BIN)/python scripts/update_definition_hashes.py $(DEFINITIONS_FLAGS)

setup: ## Creates .venv with what the project needs, and installs the dbt packages.
	@$(STEP) "install" scripts/dev/install runtime
	@$(STEP) "dbt packages" scripts/dev/packages

setup-dev: ## The same with the tools for lint and tests.
	@$(STEP) "install" scripts/dev/install dev
	@$(STEP) "dbt packages" scripts/dev/packages

lock: setup-dev ## Compiles requirements*.in into the lock files (flags: LOCK_FLAGS=--upgrade).
	scripts/dev/lock $(LOCK_FLAGS)

clean: ## Deletes what was built; .venv stays.
	rm -rf target logs build published dbt_packages .pytest_cache .ruff_cache .hypothesis
	rm -rf spark-warehouse metastore_db derby.log ./*.duckdb ./*.duckdb.wal ./*.duckdb.tmp
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: scorecard publish coverage

coverage: setup ## Prints what the mapped inputs give: every metric's status, and what to map next.
	@$(BIN)/python scripts/coverage_report.py "$(DATABASE)"

scorecard: setup ## Writes the one-page scorecard of the built database, build/scorecard.html.
	@$(STEP) "scorecard" $(BIN)/python -m scorecard "$(DATABASE)" build/scorecard.html
	@echo "Open build/scorecard.html in a browser."

publish: setup ## Publishes the marts of the last green build as DuckDB and Parquet, published/.
	@$(STEP) "publish" $(BIN)/python scripts/publish.py --database "$(DATABASE)"
	@echo "Read published/ai_cx_metrics.duckdb or published/parquet/*.parquet."

.PHONY: validate benchmark

validate: setup-dev ## Runs the statistical validation over many worlds (long; not part of CI).
	@CX_TEST_DATABASE="$(abspath $(DATABASE))" $(STEP) "pytest -m validate" \
		$(BIN)/pytest -m validate $(PYTEST_FLAGS)

benchmark: setup-dev ## Measures the project against peers on this machine, ratios only.
	@$(STEP) "benchmark" $(BIN)/python scripts/benchmark.py $(BENCHMARK_FLAGS)

.PHONY: findings

# CX_REAL_DATA is the folder of the real data; TAU2 and TICKETS name its parts one by one.
REAL_DATA = $(or $(CX_REAL_DATA),../shared/data)
TAU2 ?= $(REAL_DATA)/tau2_bench
TICKETS ?= $(REAL_DATA)/volvo_bpi2013/incidents.csv.gz
FINDINGS_BUILD = $(BIN)/dbt --quiet build --exclude-resource-type test unit_test

findings: setup ## Builds real data and writes docs/findings.md (TAU2=folder TICKETS=file).
	@mkdir -p build/findings/tau2 build/findings/tickets
	@CX_DATABASE=build/findings/tau2/ai_cx_metrics.duckdb $(STEP) "dbt build tau2" \
		$(FINDINGS_BUILD) --vars "{cx_systems: [tau2], cx_tau2_path: '$(TAU2)'}"
	@CX_DATABASE=build/findings/tickets/ai_cx_metrics.duckdb $(STEP) "dbt build tickets" \
		$(FINDINGS_BUILD) --vars "{cx_systems: [tickets], cx_tickets_path: '$(TICKETS)'}"
	@$(STEP) "findings" $(BIN)/python -m findings --tau2 build/findings/tau2/ai_cx_metrics.duckdb \
		--tickets build/findings/tickets/ai_cx_metrics.duckdb docs/findings.md

.PHONY: alerts

alerts: setup ## Prints the open alerts of the built database; fails while one has severity 1.
	@$(BIN)/python scripts/alerts.py "$(DATABASE)" $(ALERTS_FLAGS)
