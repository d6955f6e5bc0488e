"""Inputs as the decimals that were typed, and results as decimal text. See README.md."""

import json
import tomllib
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf

HERE = Path(__file__).parent

# Significant digits of a number whose decimal expansion is not written out.
DIGITS = 60
# Zeros or nines that may stand between those: 1 - sigma(700) = 1e-304.
RUN = 640


def read(path):
    """A homework; every number in it is a fraction."""
    return exact(tomllib.loads(path.read_text(), parse_float=Fraction))


def exact(value):
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return Fraction(value) if type(value) is int else value


def number(value):
    """A number as JSON: its decimal, and whether that decimal is the whole number.

    A fraction is exact, an mpf is an approximation that is good to far more than `DIGITS`.
    """
    if isinstance(value, mpf):
        text = mp.nstr(value, DIGITS)
        if len(text.split("e")[0].strip("-0.")) < DIGITS - 10:
            # A long run of zeros or nines: what comes behind it counts, too.
            text = mp.nstr(value, DIGITS + RUN)
        return {"decimal": text, "exact": False}
    places = terminating_places(value.denominator)
    if places is None:
        with mp.workdps(DIGITS + 20):
            return {"decimal": mp.nstr(approximate(value), DIGITS), "exact": False}
    return {"decimal": f"{value.numerator * 10**places // value.denominator}e-{places}", "exact": True}


def terminating_places(denominator):
    """Decimal places of 1/denominator, None if they do not end."""
    rest, twos, fives = denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def approximate(value):
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def numbers(value):
    return [numbers(item) for item in value] if isinstance(value, list) else number(value)


def write(section, solve):
    """Puts `solve(homework)` for every homework under `section` of its answers."""
    for path in sorted((HERE / "homeworks").glob("*.toml")):
        target = HERE / "answers" / f"{path.stem}.json"
        answers = json.loads(target.read_text()) if target.exists() else {}
        answers[section] = solve(read(path))
        answers = dict(sorted(answers.items()))
        target.write_text(json.dumps(answers, indent=1) + "\n")
