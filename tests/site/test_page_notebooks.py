"""The notebooks' cells are the pages' cells: each gives in the page what is stored in its notebook, as nbval asks it of Jupyter."""

import pytest
import weekly
from page_python import ROOT, Session, code_cells, compared, stored

ALL = ["index", *(f"{folder}/{path.stem}" for folder in ("chapters", "back") for path in sorted((ROOT / folder).glob("*.ipynb")))]
DAILY = ["chapters/01_tokens_as_particles", "chapters/07_where_it_ends"]


@pytest.mark.parametrize("name", weekly.part_of(ALL, DAILY))
def test_a_notebook_gives_in_the_page_what_it_gives_elsewhere(python_page, visit, name):
    rows = list(compared(Session(visit(python_page)), ROOT / f"{name}.ipynb"))
    assert not [row for row in rows if row[1] and row[2] != row[3]]
    assert any(row[1] for row in rows) or name == "index"


def test_a_page_of_the_book_runs_from_top_to_bottom(live_book, address, visit):
    name = "back/solutions_01"
    page = visit(f"{address}/{name}.html")
    page.locator("[data-do='run-all']").click()
    for cell in code_cells(name):
        place = page.locator(f"[data-cell='{cell['id']}'] [data-live-output]")
        place.and_(page.locator("[data-state='done']")).wait_for(state="attached", timeout=60_000)
        if cell["outputs"]:
            assert place.inner_text().strip() == stored(cell).strip() != "", cell["id"]
