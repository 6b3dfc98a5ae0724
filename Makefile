PYTHON ?= python3
BIN = .venv/bin

.PHONY: run test check lint bench lock

run: .venv/ready  ## start everything; HOST and PORT say where
	@LOCAL=true $(if $(PORT),PORT=$(PORT)) $(if $(HOST),HOST=$(HOST)) exec $(BIN)/python manage.py run

test: .venv/ready  ## every test
	$(BIN)/python -m pytest

check: .venv/ready  ## the quick tests: no browser, no faults, nothing slow
	$(BIN)/python -m pytest -m "not browser and not faults and not slow"

lint: .venv/ready  ## style, imports between apps, migrations
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/python manage.py makemigrations --check

bench: .venv/ready  ## how fast it is, against bare SQL and bare SMTP; see benchmarks/README.md
	$(BIN)/python -m benchmarks.pages && $(BIN)/python -m benchmarks.deliver

.venv/ready: requirements/local.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/local.txt
	@touch $@

lock:  ## after a change of the dependencies in pyproject.toml; needs uv
	uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate -q -o requirements/production.txt
	uv pip compile pyproject.toml --group local --universal --generate-hashes --no-header --no-annotate -q -o requirements/local.txt
