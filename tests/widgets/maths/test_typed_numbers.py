"""Numbers as people type them: what has one meaning is read, what has two or none is told, nothing is guessed."""

import pytest

READ = {
    "0.5": 0.5, "0,5": 0.5, ".5": 0.5, ",5": 0.5, "5.": 5, "+2": 2, " 7 ": 7, "1.000": 1, "0,125": 0.125, "1,00": 1, "1234,567": 1234.567,
    "-2": -2, "−2": -2, "–2": -2, "— 2": -2, "－２": -2, "‐2": -2, "‑2": -2, "- 2": -2,
    "１２．５": 12.5, "１２，５": 12.5, "٣٫٥": 3.5, "۱۲": 12, "१२": 12,
    "1 000": 1000, "1\u00a0000": 1000, "1\u202f000,5": 1000.5, "1’000": 1000, "1'000.5": 1000.5, "1_000": 1000, "1,000.5": 1000.5,
    "1.000,5": 1000.5, "1,000,000": 1e6, "1.000.000": 1e6, "-12 345": -12345,
    "1/2": 0.5, "1 / 4": 0.25, "-3/4": -0.75, "1⁄2": 0.5, "½": 0.5, "−¾": -0.75,
    "1e3": 1000, "1E-3": 0.001, "1.2 × 10⁻⁴": 1.2e-4, "−1.2 × 10⁵": -1.2e5, "2*10^3": 2000, "3,5·10^-1": 0.35,
}  # fmt: skip
TOLD = [
    "", " ", "x", "1,000", "-12,345", "１，０００", "1 0", "1 00", "10 00", "1 000 00", "1,000,00", "1.000.00", "1,5,5", "1.5.5", "1 1/2", "2½", "1/0", "0/0", "1/2/3",
    "1/", "/2", "1/-2", "50 %", "45°", "0x10", "0b1", "+Infinity", "nan", "∞", "1e", "e3", "1e999", "--2", "+-2", "2-", "1.2.3,4", "10²", "²", "五",
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_what_has_one_meaning_is_read(node, text):
    assert node.call("ui/numbers", "parse", text).get("value") == pytest.approx(READ[text], rel=1e-15)


@pytest.mark.parametrize("text", TOLD)
def test_what_has_two_meanings_or_none_is_told(node, text):
    found = node.call("ui/numbers", "parse", text)
    assert "value" not in found and f"“{text.strip()}”" in found["error"]


def test_a_comma_before_three_digits_is_asked_about(node):
    said = node.call("ui/numbers", "parse", "1,000")["error"]
    assert "1000" in said and "1.0" in said
    assert "−12345" in (said := node.call("ui/numbers", "parse", "−12,345")["error"]) and "−12.345" in said


def test_what_is_long_is_told_in_short(node):
    assert len(node.call("ui/numbers", "parse", "9" * 100_000)["error"]) < 150
    assert len(node.call("ui/numbers", "parse", "w" * 100_000)["error"]) < 150
    assert len(node.call("ui/numbers", "parse", "1/" * 100_000)["error"]) < 150


@pytest.mark.parametrize("value", [0.5, -2, 1.25e-4, -3e5, 99999, 0.001, 1234.5])
def test_what_the_page_prints_can_be_typed(node, value):
    shown = node.call("ui/numbers", "format", value)
    assert node.call("ui/numbers", "parse", shown)["value"] == pytest.approx(value, rel=0.05)
