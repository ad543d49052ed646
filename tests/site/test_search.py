"""The search: what is found is shown with its own words, and what is typed can be read."""


def test_a_function_is_found_with_words_of_its_own_and_no_complaint(visit, address):
    page = visit(f"{address}/objects.inv.html", errors=False)  # nothing there: only to listen before the visit
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{address}/search.html?q=attention_weights")
    found = page.locator("#search-results li:has(a[href*='#tokendynamics.attention.attention_weights'])")
    excerpt = found.locator("p.context")
    excerpt.wait_for()
    assert "attention_weights(" in excerpt.inner_text()
    page.wait_for_load_state("networkidle")
    assert not said


def test_the_magnifier_stands_before_what_is_typed(visit, address):
    page = visit(f"{address}/index.html")
    page.locator(".search-button-field").click()
    field = page.locator("#pst-search-dialog input")
    field.wait_for()
    glass = page.locator("#pst-search-dialog .fa-magnifying-glass").bounding_box()
    inside = field.evaluate("field => field.getBoundingClientRect().left + parseFloat(getComputedStyle(field).paddingLeft)")
    assert glass["x"] + glass["width"] <= inside
