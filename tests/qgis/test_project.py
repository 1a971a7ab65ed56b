# SPDX-License-Identifier: GPL-2.0-or-later
"""Live layers in a project: looks, saving and reopening, and what is said when something is missing."""
from __future__ import annotations

from pathlib import Path

import pytest
from helpers import QUICK, run


@pytest.fixture
def unmixed(cube: Path, tmp_path: Path) -> dict:
    """A live scene beside its cube and model."""
    return run('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 4, 'OUTPUT': str(tmp_path / 's.wsnet'),
                               'MODEL': str(tmp_path / 's.wsn'), **QUICK})


@pytest.fixture
def project(application):
    """An empty project."""
    from qgis.core import QgsProject
    opened = QgsProject.instance()
    opened.clear()
    yield opened
    opened.clear()


def colours(layer, size: int = 48) -> set[int]:
    """Colours of a layer drawn on a map."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setExtent(layer.extent())
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(size, size))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    return {image.pixel(x, y) for x in range(size) for y in range(size)}


def add(unmixed: dict, project):
    """The group of layers of a result."""
    from wsnet import results
    from wsnet.scene import Scene
    strongest = [int(number) for number in unmixed['STRONGEST'].split(',')]
    return results.add_group(Scene(unmixed['OUTPUT']), 'result', strongest, project)


def test_group_of_layers(unmixed: dict, project) -> None:
    group = add(unmixed, project)
    assert [child.name() for child in group.children()] == ['Strongest materials', 'Abundance', 'Confidence',
                                                            'Fit (unknown materials)']
    assert len(project.mapLayers()) == 1 + 4 + 4 + 1
    assert group.children()[0].isVisible() and not group.findGroup('Abundance').isVisible()
    for kind in ('Abundance', 'Confidence'):
        subgroup = group.findGroup(kind)
        assert subgroup.isMutuallyExclusive() and len(subgroup.children()) == 4
        ramps = {child.layer().renderer().shader().rasterShaderFunction().sourceColorRamp().color2().name()
                 for child in subgroup.children()}
        assert len(ramps) == (4 if kind == 'Abundance' else 1)
        bands = [child.layer().renderer().band() for child in subgroup.children()]
        assert bands == ([1, 2, 3, 4] if kind == 'Abundance' else [5, 6, 7, 8])


def test_legends_name_materials_and_no_bands(unmixed: dict, project) -> None:
    from qgis.core import QgsLayerTreeModel
    group = add(unmixed, project)
    model = QgsLayerTreeModel(project.layerTreeRoot())

    def texts(node) -> list[str]:
        """Every line of a layer's legend."""
        return [item.data(0) for item in model.layerLegendNodes(node)]

    names = [child.name() for child in group.findGroup('Abundance').children()]
    strongest = [names[int(number) - 1] for number in unmixed['STRONGEST'].split(',')]
    assert texts(group.children()[0]) == strongest
    assert len(texts(group.findGroup('Confidence').children()[0])) == 1
    assert not [text for child in group.findLayers() for text in texts(child) if text and 'Band' in text]


def test_layers_are_drawn_live(unmixed: dict, project) -> None:
    group = add(unmixed, project)
    assert len(colours(group.children()[0].layer())) > 50
    assert len(colours(group.findGroup('Abundance').children()[0].layer())) > 20


def test_saved_project_reopens(unmixed: dict, project, tmp_path: Path) -> None:
    group = add(unmixed, project)
    before = colours(group.children()[0].layer())
    assert project.write(str(tmp_path / 'p.qgz'))
    project.clear()
    assert project.read(str(tmp_path / 'p.qgz'))
    assert len(project.mapLayers()) == 10 and all(layer.isValid() for layer in project.mapLayers().values())
    composite = project.mapLayersByName('Strongest materials')[0]
    assert colours(composite) == before
    from wsnet.results import scene_of
    assert scene_of(composite) == unmixed['OUTPUT']
    from qgis.core import QgsLayerNotesUtils
    assert 'WS-Net' in QgsLayerNotesUtils.layerNotes(composite)


def test_project_moves_with_its_files(unmixed: dict, project, tmp_path: Path) -> None:
    add(unmixed, project)
    project.write(str(tmp_path / 'p.qgs'))
    project.clear()
    moved = tmp_path / 'elsewhere' / 'deep'
    moved.mkdir(parents=True)
    for name in ('cube.tif', 's.wsnet', 's.wsn', 'p.qgs'):
        (tmp_path / name).rename(moved / name)
    assert project.read(str(moved / 'p.qgs'))
    assert len(project.mapLayers()) == 10 and all(layer.isValid() for layer in project.mapLayers().values())


def test_live_layers_are_inputs_too(unmixed: dict, project, tmp_path: Path) -> None:
    add(unmixed, project)
    composite = project.mapLayersByName('Strongest materials')[0]
    run('wsnet:quicklook', {'INPUT': composite.id(), 'OUTPUT': str(tmp_path / 'q.png')})
    assert (tmp_path / 'q.png').is_file()


def test_results_of_the_toolbox_are_styled(cube: Path, tmp_path: Path, project) -> None:
    from qgis.core import QgsMultiBandColorRenderer, QgsProcessingContext, QgsProcessingUtils
    context = QgsProcessingContext()
    path = str(tmp_path / 's.wsnet')
    details = QgsProcessingContext.LayerDetails('Live scene', project, 'OUTPUT')
    context.setLayersToLoadOnCompletion({path: details})
    results = run('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 3, 'OUTPUT': path, 'MODEL': str(tmp_path / 's.wsn'),
                                  **QUICK}, context=context)
    styler = context.layerToLoadOnCompletionDetails(path).postProcessor()
    layer = QgsProcessingUtils.mapLayerFromString(results['OUTPUT'], context)
    styler.postProcessLayer(layer, context, context.feedback())
    assert isinstance(layer.renderer(), QgsMultiBandColorRenderer)
    assert ','.join(str(band) for band in layer.renderer().usesBands()) == results['STRONGEST']


def messages(bar) -> list[str]:
    """What a message bar says."""
    return [item.text() for item in bar.items()]


def test_missing_native_part_is_said(unmixed: dict, project, tmp_path: Path, monkeypatch) -> None:
    from qgis.gui import QgsMessageBar
    from wsnet import native as parts
    from wsnet.ui.project_watch import ProjectWatch
    add(unmixed, project)
    project.write(str(tmp_path / 'p.qgz'))
    bar = QgsMessageBar()
    watch = ProjectWatch(bar)
    try:
        project.read(str(tmp_path / 'p.qgz'))
        assert messages(bar) == []
        monkeypatch.setattr(parts, 'command', lambda: None)
        project.read(str(tmp_path / 'p.qgz'))
        assert len(messages(bar)) == 1 and '10 live layers' in messages(bar)[0] and 'Install' in messages(bar)[0]
        bar.clearWidgets()
        monkeypatch.undo()
        (tmp_path / 's.wsn').unlink()
        project.read(str(tmp_path / 'p.qgz'))
        assert len(messages(bar)) == 1 and 'moved or deleted' in messages(bar)[0]
    finally:
        watch.remove()


def test_macro_for_readers_without_the_plugin(project, tmp_path: Path, monkeypatch) -> None:
    from qgis import utils
    from wsnet import project_macro
    said = []

    class Window:
        """An interface with a message bar that writes down."""
        messageBar = staticmethod(lambda: Window)
        pushWarning = staticmethod(lambda title, text: said.append(text))

    monkeypatch.setattr(utils, 'iface', Window)
    assert not project_macro.is_ours(project)
    project_macro.toggle(project)
    assert project.write(str(tmp_path / 'p.qgz')) and project.read(str(tmp_path / 'p.qgz'))
    names: dict = {}
    exec(project_macro.present(project), names)
    monkeypatch.setattr(utils, 'plugins', {'wsnet': object()})
    names['openProject']()
    assert said == []
    monkeypatch.setattr(utils, 'plugins', {})
    names['openProject']()
    assert len(said) == 1 and 'WS-Net Unmixing' in said[0] and 'Install' in said[0]
    project_macro.toggle(project)
    assert project_macro.present(project) == ''
    project.writeEntry('Macros', '/pythonCode', 'def openProject():\n    pass\n')
    assert 'own' in project_macro.toggle(project) and not project_macro.is_ours(project)


def test_live_vrt_is_noticed(project, tmp_path: Path) -> None:
    from wsnet.scene import is_live_vrt, is_scene
    (tmp_path / 'a.vrt').write_text('<VRTDataset><PixelFunctionType>wsnet_unmix</PixelFunctionType></VRTDataset>')
    (tmp_path / 'b.vrt').write_text('<VRTDataset></VRTDataset>')
    assert is_live_vrt(str(tmp_path / 'a.vrt')) and not is_live_vrt(str(tmp_path / 'b.vrt'))
    assert not is_live_vrt(str(tmp_path / 'none.vrt')) and is_scene('/x/Y.WSNET')


@pytest.mark.parametrize('text', ['', '[]', '{"model": 3, "cube": "a"}', '{"model": "a"}', '\x00', 'x' * (2 << 20)])
def test_hostile_scene_files(application, tmp_path: Path, text: str) -> None:
    from wsnet.scene import SceneError, sources
    path = tmp_path / 'bad.wsnet'
    path.write_text(text)
    with pytest.raises(SceneError, match='bad.wsnet'):
        sources(str(path))
