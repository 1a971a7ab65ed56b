# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command says reaches the user without its own name in front."""
from __future__ import annotations

import re

import pytest
from conftest import SOURCE


@pytest.mark.parametrize('line, text', [
    ('wsnet train: error: no bands', 'no bands'), ('wsnet merge-library: warning: odd names', 'odd names'),
    ('wsnet: error: what?', 'what?'), ('nothing to take off', 'nothing to take off')])
def test_names_of_commands_are_taken_off(application, line: str, text: str) -> None:
    from wsnet.process import PREFIX
    assert PREFIX.sub('', line) == text


def test_every_stage_has_words(application) -> None:
    from wsnet.algorithms.base import stage_title
    from wsnet.i18n import install, remove
    pattern = re.compile(r'(?:progress_stage|progress_report|context_progress)\([^;]*?"([a-z ]+)"')
    stages = {name for folder in ('gdal_driver/cli', 'core/src') for path in (SOURCE / folder).glob('*.c')
              for name in pattern.findall(path.read_text(encoding='utf-8'))}
    assert {'training', 'unmixing', 'done'} <= stages
    if not install('de_DE'):
        pytest.skip('lrelease was not there when the plugin was staged')
    try:
        assert [name for name in sorted(stages) if stage_title(name) == name] == []
    finally:
        remove()
