# SPDX-License-Identifier: GPL-2.0-or-later
"""Brings the translation files up to date with the texts in plugin/ and ui/; run it after changing a text."""
from __future__ import annotations

import ast
import sys
from pathlib import Path
from xml.etree import ElementTree  # nosec B405: reads our own translation files
from xml.sax.saxutils import escape  # nosec B406: writes, parses nothing

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = 'WsNet'


def texts() -> dict[str, str]:
    """Every text inside tr(...), with the file that it is first used in."""
    found: dict[str, str] = {}
    for path in sorted([*ROOT.glob('plugin/**/*.py'), *ROOT.glob('ui/*.py')]):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'tr' and node.args:
                if isinstance(node.args[0], ast.Constant):
                    found.setdefault(node.args[0].value, str(path.relative_to(ROOT)))
    return found


def known(path: Path) -> dict[str, str]:
    """Translations that a file holds."""
    if not path.is_file():
        return {}
    messages = ElementTree.parse(path).getroot().iter('message')  # nosec B314: our own file
    return {message.findtext('source', ''): message.findtext('translation', '') for message in messages}


def write(path: Path, language: str) -> list[str]:
    """Writes a file with all texts; returns those that still need a translation."""
    translated = known(path)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<!DOCTYPE TS>', f'<TS version="2.1" language="{language}">',
             '<context>', f'    <name>{CONTEXT}</name>']
    open_texts = []
    for text, place in sorted(texts().items(), key=lambda item: (item[1], item[0])):
        answer = translated.get(text, '')
        if not answer:
            open_texts.append(text)
        state = '' if answer else ' type="unfinished"'
        lines += ['    <message>', f'        <location filename="../../{place}"/>',
                  f'        <source>{escape(text)}</source>',
                  f'        <translation{state}>{escape(answer)}</translation>', '    </message>']
    path.write_text('\n'.join(lines + ['</context>', '</TS>', '']), encoding='utf-8')
    return open_texts


def main() -> int:
    """Updates every file; the exit code is 1 while something is untranslated."""
    missing = 0
    for path in sorted(Path(__file__).parent.glob('wsnet_*.ts')):
        for text in write(path, path.stem.split('_')[1]):
            print(f'{path.name}: {text}')
            missing += 1
    return 1 if missing else 0


if __name__ == '__main__':
    sys.exit(main())
