"""Checks that traits of several widgets share. Each takes what traitlets proposes, and returns the value or raises ValueError.

`numbers`, `choices`, `index_of` and `moment_of` make the attribute of a class that checks its traits: `_check_number = numbers(_LIMITS)`.
"""

import math

import traitlets

from .. import _checks


def numbers(limits, *names):
    """Holds traits to a widget's limits.json, {trait: {"min", "max", "whole", "slider"}}; an end that is not there is none."""

    def check(_, proposal):
        own = limits[proposal["trait"].name]
        return (whole if own.get("whole") else number)(proposal, own.get("min", -math.inf), own.get("max", math.inf))

    return traitlets.validate(*names)(check)


def choices(allowed):
    """Holds traits to a few words, {trait: words}."""
    return traitlets.validate(*allowed)(lambda _, proposal: choice(proposal, allowed[proposal["trait"].name]))


def index_of(trait, rows):
    """Holds a trait to the indices of another one, such as "tokens"."""
    return traitlets.validate(trait)(lambda widget, proposal: index(proposal, len(getattr(widget, rows)), rows))


def moment_of(trait, last):
    """Holds a trait to 0 and the number that another one has, such as "layers"."""
    return traitlets.validate(trait)(lambda widget, proposal: moment(proposal, getattr(widget, last)))


def choice(proposal, allowed):
    """One of a few words."""
    return _checks.choice(proposal["trait"].name, proposal["value"], allowed)


def number(proposal, low=-math.inf, high=math.inf):
    """A finite number between two ends, both allowed; an infinite end is none."""
    ends = [f"at least {low:.10g}"] * (low > -math.inf) + [f"at most {high:.10g}"] * (high < math.inf)
    fits = low <= proposal["value"] <= high and math.isfinite(proposal["value"])
    return _held(proposal, fits, f"a finite number{' of ' if ends else ''}{' and '.join(ends)}")


def whole(proposal, low, high):
    """A whole number between two ends, both allowed."""
    return _held(proposal, low <= proposal["value"] <= high, f"a whole number from {low} to {high}")


def moment(proposal, last):
    """What is shown of a history: a number from 0, the start, to the last that was computed."""
    return _held(proposal, 0 <= proposal["value"] <= last, f"a number from 0 to {last}")


def index(proposal, count, of):
    """Of one of `count` things; `of` is what they are called."""
    return _held(proposal, 0 <= proposal["value"] < count, f"the index of one of the {count} {of}")


def rows(proposal, limits):
    """An array with as many rows as its trait may have."""
    fewest, most = limits[proposal["trait"].name]["min"], limits[proposal["trait"].name]["max"]
    n = len(proposal["value"])
    return _held(proposal, fewest <= n <= most, f"{fewest} to {most} rows", n)


def one_each(proposal, tokens):
    """A list with an entry for each token."""
    n = len(proposal["value"])
    return _held(proposal, n == len(tokens), f"one for each of the {len(tokens)} tokens", n)


def _held(proposal, fits, wanted, got=None):
    if not fits:
        raise ValueError(f"{proposal['trait'].name} must be {wanted}; got {proposal['value'] if got is None else got}")
    return proposal["value"]
