# SPDX-License-Identifier: GPL-2.0-or-later
"""Scales of a plot: round tick values, numbers in the user's writing."""
from __future__ import annotations

import math

from qgis.PyQt.QtCore import QLocale


def nice_step(span: float, n_wanted: int) -> float:
    """The step 1, 2 or 5 times a power of ten that gives about the wanted number of ticks."""
    if not span > 0:
        return 1.0
    raw = span / max(n_wanted, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 5, 10):
        if raw <= factor * power * (1 + 1e-9):
            return factor * power
    return 10 * power


def ticks(least: float, most: float, n_wanted: int) -> list[float]:
    """Round values inside a range."""
    step = nice_step(most - least, n_wanted)
    first = math.ceil(least / step - 1e-9)
    last = math.floor(most / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def number(value: float, step: float = 0) -> str:
    """A number with as many digits as the step needs, in the user's writing."""
    if not math.isfinite(value):
        return '–'
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 3
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), 'f', decimals)
