"""Exercises: what the checkers say to right answers, to wrong ones, and to nonsense."""

import ast
import re
import threading
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from exercise_answers import BOOK, FACING, JUDGED, LAW, SAW, STRUCK, WRONG, answers, own, right
from hypothesis import given
from hypothesis import strategies as st

from tokendynamics.emergence import pairs
from tokendynamics.exercises import EXERCISES, check, question
from tokendynamics.exercises._judges import RIGHT, Choice, Function, Numbers, Table
from tokendynamics.exercises._verdict import judge_of
from tokendynamics.widgets import EmergenceLab, ForceLab

ROOT = Path(__file__).parents[2]


def of(kind):
    return [number for number, exercise in EXERCISES.items() if isinstance(judge_of(exercise), kind)]


def test_four_or_more_in_each_chapter_and_a_question():
    for chapter in "123456":
        numbers = [number for number in EXERCISES if number.startswith(f"{chapter}.")]
        assert numbers == [f"{chapter}.{k}" for k in range(len(numbers))] and len(numbers) - 1 >= 4
        assert isinstance(judge_of(EXERCISES[f"{chapter}.0"]), Choice)
    assert {exercise.by for exercise in EXERCISES.values()} == {"hand", "numpy", "widget", "choice"}
    assert all(2 <= exercise.minutes <= 30 for exercise in EXERCISES.values())


@pytest.mark.parametrize("key", WRONG, ids=lambda key: f"{key[0]} {key[1]}")
def test_a_wrong_answer_shows_its_misconception(key):
    verdict = check(key[0], WRONG[key])
    assert (verdict.right, verdict.misconception) == (False, key[1]), verdict
    assert key[1] in verdict.words


@pytest.mark.parametrize("number", EXERCISES)
def test_every_misconception_is_triggered_by_an_answer(number):
    known = answers(EXERCISES[number])
    for name, answer in known.items():
        assert check(number, answer).misconception == name
    by_hand = {name for other, name in WRONG if other == number}
    assert by_hand | set(known) == set(EXERCISES[number].misconceptions)


@pytest.mark.parametrize("number", of((Function, Numbers)))
def test_no_misconception_is_another_or_right(number):
    judge = judge_of(EXERCISES[number])
    if isinstance(judge, Function):
        cases = judge.cases(np.random.default_rng(0))
        alike = lambda f, g: judge._agrees([judge._output(f, case) for case in cases], g, cases)  # noqa: E731
        known = {name: function for name, (function, _) in judge.wrong.items()} | {RIGHT: judge.right}
        for name, one in known.items():
            assert [other for other, two in known.items() if alike(one, two)] == [name]
        return
    rules = judge.rules
    boxes = [(known["name"], box) for known in rules["known"] for box in known["boxes"] if not known["first"]] + [(RIGHT, rules["right"])]
    for name, (low, high) in boxes:
        for other, (below, above) in boxes:
            meets = all(max(a, c) < min(b, d) for a, b, c, d in zip(low, high, below, above))
            assert name == other or not meets, f"{name} and {other}"


@pytest.mark.parametrize("number", of((Function, Numbers, Table, Choice)))
def test_the_right_answer_is_right(number):
    assert check(number, right(EXERCISES[number])).right


@pytest.mark.parametrize("seed", (0, 5))
def test_what_a_student_measures_for_the_shortcut_is_right(seed):
    found = [pairs.train(layers=1, pairs=number, seed=seed, every=700).accuracy[-1] for number in (1, 2, 6)]
    assert check("5.5", found).right, found


@pytest.mark.parametrize("number", JUDGED)
def test_a_state_is_read_from_a_widget_and_from_its_link(number):
    import base64
    import json

    widget = JUDGED[number]()
    text = base64.urlsafe_b64encode(json.dumps(widget.state()).encode()).decode().rstrip("=")
    link = f"file:///book/chapters/page.html#{widget.view}=v1.{text}"
    assert check(number, widget).right and check(number, link).right
    assert "cannot be read" in check(number, link[:-20]).words and "cannot be read" in check(number, "https://example.org").words
    other = ForceLab() if number != "1.2" else EmergenceLab()
    assert "cannot be read" in check(number, other).words


def test_the_why_of_a_replaced_value_is_measured():
    """Beside the head off: where off costs little there was little to lose; where it costs much, M QᵀK kept some of it."""
    current = own("The current carried the swimmer away.", word="current", bent=[1, 11], value="law")
    for link, off, why in (
        (own(BOOK, **LAW), 0.044, "little to lose"),
        (own(BOOK, **LAW), 4.4, "little to lose"),
        (current, 0.09, "keeps"),
    ):
        verdict = check("6.9", (link, off))
        assert verdict.right and why in verdict.words, verdict
    assert not check("6.9", (current, 0.07)).misconception


@pytest.mark.parametrize("number", ("6.7", "6.8", "6.9"))
@pytest.mark.parametrize("link, words", [
    ("#real-trajectories=v2.;word='spring", "none of your own"),
    (own(*SAW[:2]), "the number of sentences of your own is 2"),
    (own("?!"), "has no word"),
])  # fmt: skip
def test_sentences_that_are_not_asked_for_are_told_in_words(number, link, words):
    verdict = check(number, (link, 0.04) if number == "6.9" else link)
    assert verdict.misconception is None and words in verdict.words


def test_a_reading_without_words_and_a_share_that_is_none():
    assert "no two words to read the sentence by" in check("6.8", own(STRUCK, word="match", bent=[6, 5], gain=0)).words
    for off in (-0.1, 101, [0.04, 0.04], "four"):
        assert "cannot be read" in check("6.9", (own(BOOK, **LAW), off)).words


def test_every_solution_passes_its_own_checker():
    for chapter in {number.split(".")[0] for number in EXERCISES}:
        notebook = nbformat.read(ROOT / "back" / f"solutions_{chapter:>02}.ipynb", as_version=4)
        printed = "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))  # nbval runs them again
        said = re.findall(r"^(\d+\.\d+) · [^:\n]*: (right|not|no |cannot)", printed, re.MULTILINE)
        assert said == [(number, "right") for number in EXERCISES if number.startswith(f"{chapter}.") and not number.endswith(".0")]


def test_what_exercise_3_1_takes_from_its_chapter_is_still_there_after_the_last_cell():
    cells = nbformat.read(ROOT / "chapters" / "03_trajectories.ipynb", as_version=4).cells
    trees = {cell.id: ast.parse(cell.source) for cell in cells if cell.cell_type == "code"}
    made = trees.pop("refine-code").body
    for place, tree in trees.items():
        nodes = list(ast.walk(tree))
        stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        stored |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        assert not stored & {"crowd", "draws", "options", "end"}, place
    until = 1 + next(i for i, each in enumerate(made) if isinstance(each, ast.FunctionDef))
    of_chapter = {}
    for body in (trees["imports"].body, made[:until]):
        exec(compile(ast.Module(body, []), "chapter", "exec"), of_chapter)
    crowd, shared, end = of_chapter["crowd"], of_chapter["draws"][:1] * 8, of_chapter["end"]
    flow = end(shared, 32, "rk4")
    ends = np.array([end(shared, 1, "rk4"), end(shared, 4, "euler")])
    assert check("3.1", np.linalg.norm(ends - flow, axis=(1, 2)) / np.linalg.norm(flow - crowd)).right


def test_every_exercise_has_its_place_in_its_chapter():
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        text = "\n".join(cells)
        for number, exercise in EXERCISES.items():
            chapter, place = number.split(".")
            if int(chapter) != int(path.stem[:2]):
                continue
            if place == "0":
                assert f'question("{number}")' in text
                continue
            first = next((i for i, cell in enumerate(cells) if cell.startswith(f"(ex-{chapter}-{place})=\n")), None)
            assert first is not None, f"no cell of {path.name} begins with (ex-{chapter}-{place})="
            asked, answer = cells[first : first + 2]
            assert f"**{place} · {exercise.title}.** *" in asked
            time = {30: "Half an hour"}.get(exercise.minutes, f"{exercise.minutes} minutes")
            assert time in asked
            assert f'check("{number}"' in answer and answer.count("...") == 1, "the page’s editor opens with the dots selected"


def test_the_words_do_not_hold_the_answer():
    """Numbers of the answer, and pieces of the formulas, stand in nothing that a checker says."""
    formulas = {
        "1.1": ["2.12"], "1.3": ["KᵀQ", "K.T @ Q"], "1.4": ["c Q", "0.53"], "1.6": ["max(", "[:, None]"], "2.5": ["n s²", "n * s", "s² / d"],
        "2.6": ["β/n", "β / n"], "3.3": ["eigh", "clip", "max(0"], "3.5": ["½", "s²", "s**2"], "3.6": ["1, 2, 2, 1", "/ 6"],
        "4.2": ["2.3"], "4.3": ["1.1", "2.2"], "5.2": ["0.84", "root"], "6.1": ["18", "22"],
    }  # fmt: skip
    for number, exercise in EXERCISES.items():
        if isinstance(judge_of(exercise), Choice):
            continue
        words = " ".join([exercise.unanswered().words, *exercise.misconceptions, *exercise.misconceptions.values()])
        words = words.replace(f"{number} · ", "")
        given = set(re.findall(r"\d+(?:\.\d+)?", exercise.wants))
        if isinstance(judge_of(exercise), Numbers):
            right = np.ravel(judge_of(exercise).right()).astype(float)
            shown = {f"{x:.{k}f}" for x in right for k in (1, 2, 3) if x % 1} | {f"{x:.0f}" for x in right if not x % 1 and x > 1}
            assert not (shown - given) & set(re.findall(r"\d+(?:\.\d+)?", words)), number
        assert not [piece for piece in formulas.get(number, []) if piece in words], number


class Hostile:
    """Raises whatever is done with it."""

    def _raise(self, *args, **kwargs):
        raise RuntimeError("no")

    __repr__ = __str__ = __array__ = __len__ = __iter__ = __eq__ = __hash__ = __float__ = __bool__ = __getitem__ = __call__ = _raise


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(), st.binary(max_size=20), st.builds(Hostile),
    st.just(np.datetime64("2020-01-01")), st.just(np.array([[None, "a"]], dtype=object)), st.just(np.zeros((0, 3))), st.just(np.full((3, 2), np.nan)),
)  # fmt: skip
nested = st.recursive(
    plain,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.tuples(inner, inner), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
)
functions = nested.map(lambda value: lambda *args, **kwargs: value)


def raises(*args):
    raise Hostile()._raise


@given(
    st.sampled_from(list(EXERCISES)), st.one_of(nested, functions, st.sampled_from([raises, lambda: None, exit, ForceLab, Hostile, len]))
)
def test_nonsense_gets_words_and_never_raises(number, answer):
    verdict = check(number, answer, seconds=60)
    assert verdict.exercise == number and verdict.words.startswith(f"{number} · ")
    assert "gave up" not in verdict.words
    if verdict.right:  # by chance, a choice
        assert isinstance(judge_of(EXERCISES[number]), (Choice, Numbers, Table))


@given(nested)
def test_an_exercise_that_is_not_there_is_said_so(number):
    verdict = check(number, 1)
    assert verdict.exercise == "?" or str(number) in EXERCISES


def endless(*args):
    while True:
        pass


def stubborn(*args):
    try:
        endless()
    except:  # noqa: E722
        endless()


@pytest.mark.parametrize("function", [endless, stubborn])
def test_a_function_without_end_is_stopped(function):
    before = set(threading.enumerate())
    verdict = check("1.3", function, seconds=0.2)
    assert "no answer within 0.2 seconds" in verdict.words and "restart" not in verdict.words
    assert set(threading.enumerate()) <= before


def test_without_threads_too_answers_are_read_and_one_without_end_is_stopped(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert not check("1.3").answered
    assert check("1.3", lambda *args: args[0] * 0).answered
    assert "no answer within 0.2 seconds" in check("1.3", endless, seconds=0.2).words
    assert check("1.3", lambda *args: exit()).answered


def test_what_cannot_be_stopped_is_left_behind_and_said():
    free = threading.Event()
    verdict = check("1.3", lambda *args: free.wait(60), seconds=0.2)
    free.set()
    assert "restart the kernel" in verdict.words


def test_a_step_too_small_to_change_anything_does_not_break_even():
    for step in (1e-2, 1e-6, 1e-300):
        assert check("1.1", (FACING, step)).misconception == "too short a step"
    assert check("1.1", (FACING, 2.12)).right


def test_a_function_may_change_what_it_is_given():
    def careless(tokens, *others):
        tokens *= 0
        return tokens

    assert check("1.3", careless).misconception == "self term left out"


def test_an_answer_not_given_yet():
    for number in EXERCISES:
        for verdict in (check(number), check(number, ...), check(number, None)):
            assert not verdict.answered and not verdict.right and "not answered yet" in verdict.words
    assert not check("1.3", lambda *args: None).answered
    assert str(EXERCISES["1.3"].minutes) in check("1.3").words


def test_a_question_is_text_too_and_its_html_is_escaped():
    shown = question("1.0")
    assert "a) As before" in repr(shown) and 'check("1.0"' in repr(shown)
    html = shown._repr_html_()
    assert html.count("<details") == html.count("<summary>") == 4 and html.count('data-choice="right"') == 1
    with pytest.raises(ValueError, match="number must be one of 1.0, 2.0"):
        question("1.1")


def test_a_verdict_stands_out_where_html_is_shown_and_is_escaped():
    wrong, right = check("1.3", WRONG["1.3", "self term left out"]), check("1.0", "d")
    assert (
        "<strong>1.3 · Repair the self term: not yet. This looks like <em>self term left out</em>.</strong> Nothing" in wrong._repr_html_()
    )
    assert 'data-verdict="right"><p><strong>1.0 · Everybody shifted: right.</strong></p>' in right._repr_html_()
    assert 'data-verdict="open"' in check("1.3")._repr_html_() and "not answered yet.</strong> It takes" in check("1.3")._repr_html_()
    assert "&lt;b&gt;" in check("1.2", "<b>")._repr_html_() and "<b>" not in check("1.2", "<b>")._repr_html_()
    assert "3 * 4 * 5" in check("1.3", lambda *given: raises_with("3 * 4 * 5"))._repr_html_()


def not_there(**how):
    raise FileNotFoundError


def raises_with(words):
    raise ValueError(words)


def test_a_model_that_takes_long_to_come_is_no_answer_without_end(monkeypatch):
    came = []
    monkeypatch.setattr("tokendynamics.real.minilm.missing", lambda: "install them")
    monkeypatch.setattr("tokendynamics.real.minilm.load", lambda **how: came.append(how) or time.sleep(0.3))
    assert "none of your own" in check("6.7", "#real-trajectories=v2.;word='spring", seconds=0.25).words and came == [{"packed": True}]
    monkeypatch.setattr("tokendynamics.real.minilm.load", not_there)
    assert "the model that is to read the sentences did not come" in check("6.9", (own(BOOK, **LAW), 0.04)).words
    assert not check("6.9").answered


def test_what_an_exercise_tells_to_import_is_there():
    texts = [cell.source for path in sorted((ROOT / "chapters").glob("*.ipynb")) for cell in nbformat.read(path, as_version=4).cells]
    told = [line for text in texts if text.startswith("(ex-") for line in re.findall(r"`((?:from|import) [^`]+)`", text)]
    assert told
    for line in told:
        exec(line, {})
