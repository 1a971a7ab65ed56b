# SPDX-License-Identifier: GPL-2.0-or-later
"""The German translation is complete, and keeps placeholders."""
from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from conftest import SOURCE

FOLDER = SOURCE / 'resources' / 'translations'


@pytest.fixture(scope='module')
def update():
    """The script that collects the texts."""
    specification = importlib.util.spec_from_file_location('update', FOLDER / 'update.py')
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_text_is_translated(update) -> None:
    known, texts = update.known(FOLDER / 'wsnet_de.ts'), update.texts()
    assert [text for text in texts if not known.get(text)] == []
    assert [text for text in known if text not in texts] == []


def test_placeholders_are_kept(update) -> None:
    for text, answer in update.known(FOLDER / 'wsnet_de.ts').items():
        assert sorted(re.findall(r'{[^}]*}', text)) == sorted(re.findall(r'{[^}]*}', answer)), text


def test_german_is_shown(application) -> None:
    from qgis.core import QgsApplication
    from wsnet import i18n
    if not Path(i18n.__file__).with_name('resources').joinpath('translations', 'wsnet_de.qm').is_file():
        pytest.skip('lrelease was not there when the plugin was staged')
    assert i18n.install('de_DE')
    try:
        algorithm = QgsApplication.processingRegistry().createAlgorithmById('wsnet:unmix')
        assert algorithm.displayName() == 'Entmischen'
        assert algorithm.parameterDefinition('INPUT').description() == 'Würfel'
    finally:
        i18n.remove()
    assert QgsApplication.processingRegistry().createAlgorithmById('wsnet:unmix').displayName() == 'Unmix'


def test_unknown_language_stays_english(application) -> None:
    from wsnet import i18n
    assert not i18n.install('xx_XX')
