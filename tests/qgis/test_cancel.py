# SPDX-License-Identifier: GPL-2.0-or-later
"""Cancel stops within a second or so and leaves nothing behind."""
from __future__ import annotations

import time
from pathlib import Path

import pytest
from helpers import Failed, Said, run

# One second for the child to clean up, then it is killed; the rest is for a busy machine.
PATIENCE_SECONDS = 5


def test_cancel_while_training(cube: Path, tmp_path: Path) -> None:
    said = Said()
    cancelled_at: list[float] = []

    def stop(text: str) -> None:
        """Cancels as soon as the training runs."""
        if 'training' in text and not cancelled_at:
            cancelled_at.append(time.monotonic())
            said.cancel()

    said.when_stage = stop
    before = sorted(tmp_path.rglob('*'))
    with pytest.raises(Failed, match='[Cc]ancel'):
        run('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 4, 'STEPS': 100000, 'OUTPUT': str(tmp_path / 'o.wsnet'),
                            'MODEL': str(tmp_path / 'o.wsn'), 'ENDMEMBERS': str(tmp_path / 'o.csv'),
                            'GEOTIFF': str(tmp_path / 'o.tif')}, said)
    assert cancelled_at, 'the training was never seen'
    assert time.monotonic() - cancelled_at[0] < PATIENCE_SECONDS
    assert sorted(tmp_path.rglob('*')) == before


def test_cancel_between_stages_removes_the_finished_model(cube: Path, tmp_path: Path, monkeypatch) -> None:
    from wsnet import commands
    said = Said()
    original = commands.unmix

    def cancel_first(*arguments: object, **options: object) -> list[str]:
        """The model is there when the user cancels."""
        assert (tmp_path / 'o.wsn').is_file()
        said.cancel()
        return original(*arguments, **options)

    monkeypatch.setattr(commands, 'unmix', cancel_first)
    before = sorted(tmp_path.rglob('*'))
    with pytest.raises(Failed, match='[Cc]ancel'):
        run('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 3, 'STEPS': 5, 'OUTPUT': str(tmp_path / 'o.wsnet'),
                            'MODEL': str(tmp_path / 'o.wsn')}, said)
    assert sorted(tmp_path.rglob('*')) == before


def test_a_child_that_ignores_the_wish_is_ended(application, tmp_path: Path, monkeypatch) -> None:
    from wsnet import native, process
    deaf = tmp_path / 'deaf'
    deaf.write_text('#!/bin/sh\ntrap "" TERM INT\necho "progress 1.0 training" >&2\nexec sleep 60\n')
    deaf.chmod(0o755)
    monkeypatch.setattr(native, 'command', lambda: str(deaf))
    seen: list[float] = []
    with pytest.raises(process.Cancelled):
        process.run([], progress=lambda percent, stage: seen.append(time.monotonic()), cancelled=lambda: bool(seen))
    assert time.monotonic() - seen[0] < PATIENCE_SECONDS


def test_remaining_time_follows_the_stage(application) -> None:
    from wsnet.process import RemainingTime
    now = [100.0]
    clock = RemainingTime(lambda: now[0])
    assert clock.text(5, 'reading') == ''
    now[0] += 0.1
    assert clock.text(20, 'training') == ''
    now[0] += 10
    assert clock.text(30, 'training') == 'about 70 s left'
    now[0] += 100
    assert clock.text(31, 'training') == 'about 12 min left'
    assert clock.text(90, 'unmixing') == ''
