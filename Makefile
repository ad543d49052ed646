# Two commands do everything: `make book` and `make test`. While you write, `make watch` and `make check` are quicker. Each makes what it
# needs, and is quick the second time. What they do stands in workshop/, which needs no make: `python workshop book`.
PYTHON ?= python3
BIN := .venv/bin
# installs what a layer of the environment lacks (book, test, node), then runs a program in it
WITH := $(PYTHON) workshop run

ifdef SOLUTIONS
export BOOK_SOLUTIONS := $(SOLUTIONS)
endif

.PHONY: help book serve watch pdf handout key scorm check test test-laws test-site test-every classroom bench lighthouse bundles chapter mutants oldest pythons fresh audit lock clean

help:
	@echo "make book      build the book and say what to open (BOOK_REPOSITORY=https://github.com/OWNER/NAME adds its buttons; SOLUTIONS=none leaves out the solutions)"
	@echo "make serve     build it and serve it on this machine"
	@echo "make watch     build it again as you save, and load the open page again"
	@echo "make pdf       print it to one PDF; make handout CHAPTER=3 a chapter's predictions and exercises, make key CHAPTER=3 their answers"
	@echo "make scorm CHAPTER=3 a chapter as a lesson of an LMS, a zip by SCORM 1.2 (CELLS=yes brings Python along; BOOK_URL=https://… is where its links lead)"
	@echo "make check     lint, format, types, contracts and the fast laws: under a minute, and no book is built"
	@echo "make test      run every test; make test-laws without a browser, make test-site those in browsers, make test-every at every width and page"
	@echo "make classroom run every notebook in JupyterLab from a fresh environment; measure time and memory"
	@echo "make bench     measure speed and write benchmarks/RESULTS.md"
	@echo "make lighthouse have Lighthouse mark every page, into the same file"
	@echo "make bundles   build the widgets' scripts again, after a change in src/tokendynamics/widgets or site"
	@echo "make chapter   start one: make chapter NAME=08_something TITLE=\"The title\""
	@echo "make mutants   break the book on purpose and see which tests notice"
	@echo "make oldest    run the laws on the oldest versions allowed, and write benchmarks/RESULTS.md"
	@echo "make pythons   run the laws and the notebooks on newer Pythons, where there are any, into the same file"
	@echo "make fresh     run both commands on bare Debians, into the same file (root, debootstrap; two hours)"
	@echo "make audit     ask the registries for known holes in what is installed"
	@echo "make lock      compile requirements.txt and requirements-test.txt again from pyproject.toml"
	@echo "make clean     remove what was built and installed"

book test check clean:
	@$(PYTHON) workshop $@

test-laws test-site:
	@$(PYTHON) workshop test $(@:test-%=%)

test-every:
	@TEST_EVERY=1 $(PYTHON) workshop test

serve: book
	$(BIN)/python -m http.server --directory _build/html 8000

watch:
	@$(WITH) node python site/watch.py

pdf: book
	@$(WITH) test python site/book_paper.py

handout key: book
	@$(WITH) test python site/book_handout.py $@ $(CHAPTER)

scorm: book
	@$(WITH) book python site/book_scorm.py $(CHAPTER) $(if $(CELLS),--cells)

# The chapters say what this measured at their heads: run it on a machine that has nothing else to do.
classroom:
	@$(WITH) test python tests/jupyter/classroom.py

bench: book
	@for script in engine drag frames pages in_sight real_model python_in_page results; do $(WITH) node python benchmarks/$$script.py || exit 1; done

lighthouse: book
	@$(WITH) node python benchmarks/lighthouse.py && $(WITH) node python benchmarks/results.py

bundles:
	@$(WITH) node npm run --silent bundle

chapter:
	@$(WITH) book python tests/notebooks/new_chapter.py "$(NAME)" "$(TITLE)"

mutants:
	@$(WITH) node python tests/upkeep/mutants.py

oldest pythons:
	$(PYTHON) -m venv _build/uv && _build/uv/bin/pip install --quiet uv
	_build/uv/bin/python tests/upkeep/other_environments.py $@

fresh:
	$(PYTHON) tests/upkeep/fresh.py

audit:
	$(PYTHON) -m venv _build/audit && _build/audit/bin/pip install --quiet pip-audit
	@$(WITH) node "$(CURDIR)/_build/audit/bin/python" tests/upkeep/audit.py

lock:
	$(PYTHON) -m venv _build/lock && _build/lock/bin/pip install --quiet uv
	_build/lock/bin/python tests/upkeep/lock.py
