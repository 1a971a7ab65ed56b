# SPDX-License-Identifier: GPL-2.0-or-later
"""Packs the staged QGIS plugin as a zip, alone or with the native part and the libraries it needs."""
from __future__ import annotations

import argparse
import os
import re
import subprocess  # nosec B404: runs ldd and patchelf on files of our own build, without a shell
import sys
import zipfile
from pathlib import Path

NATIVE = {'bin': ('wsnet', 'wsnet.exe'), 'gdalplugins': ('gdal_WSNET.so', 'gdal_WSNET.dylib', 'gdal_WSNET.dll')}
# What the system or every QGIS with a window brings: GDAL must be the one that QGIS uses, and two C++ runtimes or two
# font libraries in one process do not go together.
PROVIDED = ('libgdal.', 'libc.', 'libm.', 'libdl.', 'libpthread.', 'librt.', 'libstdc++.', 'libgcc_s.', 'ld-linux',
            'libX', 'libxcb', 'libfreetype.', 'libfontconfig.', 'libexpat.', 'libpng', 'libz.', 'libbrotli', 'libbsd.',
            'libmd.')
FIXED_TIME = (2020, 1, 1, 0, 0, 0)


def needed_libraries(path: Path, folder: Path) -> dict[str, Path]:
    """Libraries that a binary loads and that the package must bring, by the name it asks for."""
    answer = subprocess.run(['ldd', str(path)], capture_output=True, text=True, check=True,  # nosec B603 B607
                            env={**os.environ, 'LD_LIBRARY_PATH': str(folder)}).stdout
    direct = subprocess.run(['objdump', '-p', str(path)], capture_output=True, text=True,  # nosec B603 B607
                            check=True).stdout
    wanted = set(re.findall(r'NEEDED\s+(\S+)', direct))
    found = dict(re.findall(r'(\S+) => (/\S+)', answer))
    wanted = {name for name in wanted if not name.startswith(PROVIDED)}
    if wanted - set(found):
        raise SystemExit(f'package_plugin: {path.name} needs {", ".join(sorted(wanted - set(found)))}, not found')
    return {name: Path(found[name]) for name in wanted}


def native_files(home: Path) -> dict[str, Path]:
    """Everything of the native part: path in the package and file."""
    files: dict[str, Path] = {}
    for folder, names in NATIVE.items():
        for name in names:
            if (home / folder / name).is_file():
                files[f'{folder}/{name}'] = home / folder / name
    if len(files) < len(NATIVE):
        raise SystemExit(f'package_plugin: the native part is not built in {home}')
    waiting = list(files.values())
    while waiting:
        for name, path in needed_libraries(waiting.pop(), home / 'lib').items():
            if f'lib/{name}' not in files:
                files[f'lib/{name}'] = path
                waiting.append(path)
    return files


def add(package: zipfile.ZipFile, name: str, path: Path, executable: bool = False) -> None:
    """Adds a file with a fixed time, so that equal sources give equal packages."""
    entry = zipfile.ZipInfo(name, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if executable else 0o644) << 16
    package.writestr(entry, path.read_bytes())


def main() -> int:
    """Writes the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--plugin', type=Path, required=True, help='the staged plugin folder')
    parser.add_argument('--native', type=Path, help='folder with bin/, lib/ and gdalplugins/')
    parser.add_argument('--zip', type=Path, required=True, help='the package to write')
    wanted = parser.parse_args()
    native = native_files(wanted.native.resolve()) if wanted.native else {}
    wanted.zip.parent.mkdir(parents=True, exist_ok=True)
    partial = wanted.zip.with_suffix('.partial')
    with zipfile.ZipFile(partial, 'w') as package:
        for path in sorted(wanted.plugin.rglob('*')):
            if path.is_file() and '__pycache__' not in path.parts and path.suffix not in ('.pyc', '.so'):
                add(package, f'wsnet/{path.relative_to(wanted.plugin)}', path)
        for name, path in sorted(native.items()):
            add(package, f'wsnet/{name}', path, executable=name.startswith('bin/'))
    partial.replace(wanted.zip)
    print(f'{wanted.zip} ({wanted.zip.stat().st_size / 1e6:.1f} MB)')
    return 0


if __name__ == '__main__':
    sys.exit(main())
