# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the staged `wsnet` and tells what it left behind."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAGE = Path(os.environ.get("WSNET_BUILD", ROOT / "build")) / "stage"
WSNET = STAGE / "bin" / "wsnet"
DATA = Path(os.environ.get("WSNET_DATA", ROOT.parent / "shared" / "data"))


def run(*words: object, cwd: Path | None = None, **options: object) -> subprocess.CompletedProcess:
    """The finished process of `wsnet WORDS`, with its output as text."""
    command = [str(WSNET), *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL, **options)


def succeed(*words: object, cwd: Path | None = None) -> str:
    """What `wsnet WORDS` printed; it must succeed."""
    done = run(*words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> set[str]:
    """Everything below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def fail(folder: Path, *words: object, code: int = 1, **options: object) -> str:
    """The one sentence with which `wsnet WORDS` fails; it must leave the folder as it was."""
    before = files(folder)
    done = run(*words, cwd=folder, **options)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert files(folder) == before, "something was left behind"
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(f"wsnet {words[0]}: ")
    return lines[0]
