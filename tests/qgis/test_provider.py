# SPDX-License-Identifier: GPL-2.0-or-later
"""What the toolbox shows: names, help, tags and icons of everything."""
from __future__ import annotations

import ast
import re
from pathlib import Path

from conftest import SOURCE, STAGE

NAMES = {'unmix', 'train', 'apply', 'extend', 'adapt', 'endmembers', 'endmembercount', 'fcls', 'mergelibrary', 'score',
         'audit', 'area', 'card', 'quicklook'}


def algorithms():
    """The provider's algorithms without the models."""
    from qgis.core import QgsApplication
    provider = QgsApplication.processingRegistry().providerById('wsnet')
    return [algorithm for algorithm in provider.algorithms() if algorithm.name() in NAMES]


def test_all_algorithms_are_there(application) -> None:
    assert {algorithm.name() for algorithm in algorithms()} == NAMES


def test_every_algorithm_explains_itself(application) -> None:
    for algorithm in algorithms():
        assert algorithm.displayName() and algorithm.group() and algorithm.groupId() and algorithm.shortDescription()
        assert len(algorithm.tags()) >= 5, algorithm.name()
        page, anchor = algorithm.helpUrl().split('#')
        assert anchor == algorithm.name()
        assert f'<a id="{anchor}"></a>' in Path(page.removeprefix('file://')).read_text(encoding='utf-8')
        assert Path(algorithm.svgIconPath()).is_file() and not algorithm.icon().isNull()
        for definition in algorithm.parameterDefinitions():
            assert len(definition.help()) > 8, (algorithm.name(), definition.name())
            assert definition.help() in algorithm.shortHelpString()


def test_links_of_the_help_pages_lead_somewhere(application) -> None:
    folder = STAGE / 'wsnet' / 'resources' / 'docs'
    pages = sorted(folder.rglob('*.html'))
    assert len(pages) >= 4
    for page in pages:
        text = page.read_text(encoding='utf-8')
        assert '**' not in re.sub('<(pre|code)>.*?</(pre|code)>', '', text, flags=re.S), page
        for target in re.findall(r'(?:href|src)="([^"#]+)', text):
            assert '://' in target or (page.parent / target).is_file(), (page.name, target)


def test_algorithms_can_be_used_from_models_and_batch(application) -> None:
    from qgis.core import QgsProcessingAlgorithm
    for algorithm in algorithms():
        assert not algorithm.flags() & QgsProcessingAlgorithm.FlagHideFromModeler
        assert algorithm.flags() & QgsProcessingAlgorithm.FlagSupportsBatch
        copy = algorithm.create()
        assert [d.name() for d in copy.parameterDefinitions()] == [d.name() for d in algorithm.parameterDefinitions()]


def test_live_destination(application) -> None:
    from qgis.core import QgsProcessingContext
    from wsnet.live_output import LiveSceneDestination
    destination = LiveSceneDestination('OUTPUT', 'x').clone()
    assert destination.defaultFileExtension() == 'wsnet' and '*.wsnet' in destination.createFileFilter()
    assert destination.isSupportedOutputValue('/a/b.wsnet', QgsProcessingContext())[0]
    assert destination.isSupportedOutputValue('TEMPORARY_OUTPUT', QgsProcessingContext())[0]
    assert not destination.isSupportedOutputValue('/a/b.tif', QgsProcessingContext())[0]


def test_plugin_code_imports_no_widgets() -> None:
    allowed = {SOURCE / 'plugin' / 'main.py'}  # which starts ui/ where there is a window
    for path in SOURCE.glob('plugin/**/*.py'):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            names = [node.module or ''] if isinstance(node, ast.ImportFrom) else \
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert 'QtWidgets' not in name and name != 'qgis.gui' and not name.startswith('PyQt'), path
                assert not name.startswith('ui') or path in allowed, path


def test_user_interface_computes_nothing() -> None:
    for path in SOURCE.glob('ui/*.py'):
        text = path.read_text(encoding='utf-8')
        for word in ('from osgeo', 'import subprocess', 'np.linalg', 'linalg.'):
            assert word not in text, (path, word)
