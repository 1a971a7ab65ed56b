# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns the user's pages into HTML, so that Help needs no network: qgis.md and all pages and pictures it leads to."""
from __future__ import annotations

import argparse
import html
import posixpath
import re
import shutil
import sys
from pathlib import Path

HEAD = ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n<style>'
        'body{{max-width:52em;margin:2em auto;padding:0 1em;font:16px/1.5 sans-serif;color:#222;background:#fff}}'
        'table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;padding:.25em .6em;text-align:left}}'
        'pre,code{{background:#f2f2f2}}pre{{padding:.6em;overflow:auto}}img{{max-width:100%}}'
        '@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#1e1e1e}}pre,code{{background:#333}}'
        'a{{color:#8cf}}}}</style></head><body>\n')
BLOCK = re.compile(r'#|- |\d+\. |\|| {4}')


class Page:
    """One page: its HTML, and what it leads to."""

    def __init__(self, text: str) -> None:
        self.links: list[str] = []
        self.body: list[str] = []
        self._lines = text.split('\n') + ['']
        self._at = 0
        while self._at < len(self._lines):
            self._block()

    def _block(self) -> None:
        """One heading, table, list, listing or paragraph."""
        line = self._lines[self._at]
        heading = re.match(r'(#+) (.*)', line)
        if heading:
            self._at += 1
            self.body.append(f'<h{len(heading[1])}>{self._inline(heading[2])}</h{len(heading[1])}>')
        elif line.startswith('    '):
            rows = self._take(lambda row: row.startswith('    ') or not row)
            self.body.append('<pre>' + html.escape('\n'.join(row[4:] for row in rows).strip('\n')) + '</pre>')
        elif line.startswith('|'):
            self._table(self._take(lambda row: row.startswith('|')))
        elif re.match(r'- |\d+\. ', line):
            kind = 'ul' if line.startswith('- ') else 'ol'
            rows = self._take(lambda row: bool(re.match(r'- |\d+\. | {2}', row)))
            items = re.split(r'\n(?:- |\d+\. )', '\n' + '\n'.join(rows))[1:]
            self.body.append(f'<{kind}>' + ''.join(f'<li>{self._inline(item)}</li>' for item in items) + f'</{kind}>')
        elif line.strip():
            rows = [line] + self._take(lambda row: bool(row.strip()) and not BLOCK.match(row), 1)
            self.body.append(f'<p>{self._inline(" ".join(rows))}</p>')
        else:
            self._at += 1

    def _take(self, wanted: object, skip: int = 0) -> list[str]:
        """The lines from here on that belong together."""
        self._at += skip
        first = self._at
        while self._at < len(self._lines) and wanted(self._lines[self._at]):
            self._at += 1
        return self._lines[first:self._at]

    def _table(self, rows: list[str]) -> None:
        """The second row is the line below the titles."""
        cells = [[cell.strip() for cell in re.split(r'(?<!\\)\|', row.strip().strip('|'))] for row in rows]
        for number, row in enumerate(cells[:1] + cells[2:]):
            kind = 'td' if number else 'th'
            cells[number] = ''.join(f'<{kind}>{self._inline(cell)}</{kind}>' for cell in row)
        self.body.append('<table><tr>' + '</tr>\n<tr>'.join(cells[:len(rows) - 1]) + '</tr></table>')

    def _inline(self, text: str) -> str:
        """Code, pictures, links, bold and slanted words; anchors stay."""
        parts = re.split(r'(`[^`]*`|<a id="[^"]*"></a>)', text)
        for index, part in enumerate(parts):
            if index % 2:
                parts[index] = part if part[0] == '<' else f'<code>{html.escape(part[1:-1])}</code>'
                continue
            part = html.escape(part, quote=False)
            part = re.sub(r'!\[([^]]*)\]\(([^)]*)\)', self._picture, part)
            part = re.sub(r'\[([^]]*)\]\(([^)]*)\)', self._link, part)
            parts[index] = re.sub(r'(?<![\w*])\*([^*\s][^*]*)\*', r'<em>\1</em>',
                                  re.sub(r'\*\*([^*]+)\*\*', r'<b>\1</b>', part))
        return re.sub(r'\*\*(.*?)\*\*', r'<b>\1</b>', ''.join(parts))

    def _picture(self, found: re.Match) -> str:
        """A picture beside the page."""
        self.links.append(found[2])
        return f'<img src="{found[2]}" alt="{found[1]}">'

    def _link(self, found: re.Match) -> str:
        """A link; other pages of ours are HTML too."""
        if '://' in found[2] or found[2].startswith('#'):
            return f'<a href="{found[2]}">{found[1]}</a>'
        self.links.append(found[2].split('#')[0])
        return f'<a href="{found[2].replace(".md", ".html")}">{found[1]}</a>'


def main() -> int:
    """Writes the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--docs', type=Path, required=True, help='folder of the pages')
    parser.add_argument('--out', type=Path, required=True, help='folder to write to')
    wanted = parser.parse_args()
    waiting, done = ['qgis.md'], set()
    while waiting:
        name = waiting.pop()
        if name in done or name.startswith('..') or not (wanted.docs / name).is_file():
            continue
        done.add(name)
        target = wanted.out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not name.endswith('.md'):
            shutil.copyfile(wanted.docs / name, target)
            continue
        text = (wanted.docs / name).read_text(encoding='utf-8')
        page = Page(text)
        title = html.escape(text.split('\n')[0].lstrip('# '))
        target.with_suffix('.html').write_text(HEAD.format(title=title) + '\n'.join(page.body) + '\n</body></html>\n',
                                               encoding='utf-8')
        waiting += [posixpath.normpath(posixpath.join(posixpath.dirname(name), link)) for link in page.links]
    return 0


if __name__ == '__main__':
    sys.exit(main())
