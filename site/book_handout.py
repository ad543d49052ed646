"""A chapter's predictions and exercises on paper, for a class: the handout without answers, or the key with them.

    python site/book_handout.py handout 3     writes _build/handout-3.pdf, out of the built book
    python site/book_handout.py key 3

`make handout CHAPTER=3` and `make key CHAPTER=3` call this.
"""

import argparse
from pathlib import Path

import book_guesses
import book_paper
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[1]
LETTERS = "abcdefgh"


def sheet(folder, chapter, key):
    """The chapter's page with nothing on it but what a class is asked; with a key, its answers too."""
    page = next((folder / "chapters").glob(f"{chapter:02}_*.html"))
    soup = BeautifulSoup(page.read_text("utf8"), "html.parser")
    article, exercises = soup.select_one("article.bd-article"), soup.select_one("section#exercises")
    title = article.h1.extract()
    begin = soup.new_tag("section")
    for given in book_guesses.predictions(folder, page.stem):
        begin.append(asked(soup, given["question"], given["choices"], given["answer"] if key else None, given["explanation"]))
    for question in exercises.select(".td-question"):
        choices = question.select("details")
        right = next(n for n, choice in enumerate(choices) if choice["data-choice"] == "right")
        words = [choice.summary.get_text().partition(" · ")[2] for choice in choices]
        why = choices[right].p.get_text().removeprefix("Right. ")
        begin.append(asked(soup, question.p.get_text(), words, right if key else None, why))
    for element in exercises.select(".cell, .td-place, h2"):
        element.decompose()
    for words in exercises.select_one('[id^="ex-"]').find_all_previous("p"):
        if exercises in words.parents:  # how to answer on the page
            words.decompose()
    for link in exercises.select('a[href*="sol-"]'):
        link.decompose()
    inner = soup.new_tag("article", attrs={"class": "bd-article"})
    inner.extend([title, heading(soup, "Guess before you look"), begin, heading(soup, "Exercises"), exercises])
    article.replace_with(inner)
    return page, str(soup)


def heading(soup, words):
    made = soup.new_tag("h2")
    made.string = words
    return made


def asked(soup, question, choices, right, why):
    """A question with its choices; where `right` is known, that one is marked, and it is said why."""
    whole = soup.new_tag("div", attrs={"class": "td-short"})
    whole.append(soup.new_tag("p"))
    whole.p.string = question
    for n, words in enumerate(choices):
        line = soup.new_tag("p")
        line.string = f"{'☒' if n == right else '☐'} {LETTERS[n]} · {words}"
        whole.append(line)
    if right is not None:
        line = soup.new_tag("p")
        line.string = why
        whole.append(line)
    return whole


def main(arguments=None):
    """Print one."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("kind", choices=("handout", "key"))
    parser.add_argument("chapter", type=int, choices=range(1, 7))
    parser.add_argument("--html", type=Path, default=ROOT / "_build" / "html", help="the folder of the built book")
    parser.add_argument("--out", type=Path, help="the PDF to write")
    options = parser.parse_args(arguments)
    folder, key = options.html.resolve(), options.kind == "key"
    solutions = f"back/solutions_{options.chapter:02}"
    if key and not (folder / f"{solutions}.html").exists():
        parser.error("this book was built without its solutions: make book, and then the key")
    page, text = sheet(folder, options.chapter, key)
    made = page.with_name(f"_{options.kind}.html")
    out = options.out or ROOT / "_build" / f"{options.kind}-{options.chapter}.pdf"
    made.write_text(text, "utf8")
    try:
        book_paper.printed(folder, [f"chapters/{made.stem}", *([solutions] if key else [])], out)
    finally:
        made.unlink()
    print(f"On paper: {out}")


if __name__ == "__main__":
    main()
