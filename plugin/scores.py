# SPDX-License-Identifier: GPL-2.0-or-later
"""Scores of abundances against the truth, computed by `wsnet score`."""
from __future__ import annotations

import csv
import json
import math

from . import commands, process
from .i18n import tr


def titles() -> dict[str, str]:
    """Number outputs and their titles; the name in lower case is the key that `wsnet score` prints."""
    return {'RMSE_CLASS_MEAN': tr('RMSE, mean of the materials'), 'RMSE_GLOBAL': tr('RMSE, all entries'),
            'RMSE_WEAK': tr('RMSE of weak fractions'), 'SAD_MEAN_RAD': tr('Mean spectral angle (rad)'),
            'WEAK_RECALL_AT_5PCT_FPR': tr('Recall of weak fractions at 5 % false positives'),
            'COVERAGE_ALL': tr('Coverage of the intervals'),
            'COVERAGE_WEAK': tr('Coverage of the intervals, weak fractions')}


def numbers(content: dict) -> dict[str, float]:
    """The scores that apply, by output name."""
    found = {}
    for name in titles():
        value = content.get('coverage' if name == 'COVERAGE_ALL' else name.lower())
        if isinstance(value, (int, float)) and math.isfinite(value):
            found[name] = float(value)
    return found


def write(content: dict, path: str) -> None:
    """Saves the scores as JSON, as `wsnet score` printed them, or as a table, by the ending."""
    if path.lower().endswith('.json'):
        with open(path, 'w', encoding='utf-8') as stream:
            json.dump(content, stream, indent=2)
    else:
        write_table(content, path)


def write_table(content: dict, path: str) -> None:
    """Saves the scores of every material as CSV, the overall ones in the first row."""
    materials = [row for row in content.get('materials', []) if isinstance(row, dict)]
    columns = list(dict.fromkeys(key for row in materials for key in row if key != 'name'))
    overall = {key: value for key, value in content.items() if isinstance(value, (int, float))}
    columns += [key for key in overall if key not in columns]
    with open(path, 'w', newline='', encoding='utf-8') as stream:
        table = csv.writer(stream, lineterminator='\n')
        table.writerow(['material'] + columns)
        table.writerow(['all'] + [overall.get(column, '') for column in columns])
        for row in materials:
            table.writerow([row.get('name', '')] + [row.get(column, '') for column in columns])


def of_scene(algorithm: object, feedback: object, scene: str, truth: str, first: float = 98,
             last: float = 100) -> dict[str, float]:
    """Scores of a scene that an algorithm has just made."""
    answer = algorithm.run_command(commands.score(scene, truth), feedback, first, last)
    return numbers(process.parse_json(answer))
