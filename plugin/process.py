# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the command `wsnet` as a child process: a failure of native code never takes QGIS down."""
from __future__ import annotations

import json
import queue
import re
import subprocess  # nosec B404: the command is our own program, found by native.command(), never a shell
import sys
import threading
import time
from typing import IO, Callable

from . import native
from .i18n import tr

PROGRESS = re.compile(r'^progress\s+([0-9.]+)\s*(.*)$')
PREFIX = re.compile(r'^wsnet(?:\s+[\w-]+)?:\s*(?:(?:error|warning):\s*)?')
JSON = '--json'
POLL_SECONDS = 0.1
KILL_AFTER_SECONDS = 1.0


class ProcessError(Exception):
    """The command failed; the text is one sentence for the user."""


class Cancelled(ProcessError):
    """The user stopped the command."""


class RemainingTime:
    """Says how long a job still takes, from the speed of the stage that it is in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage: str | None = None
        self._begin = (0.0, 0.0)

    def text(self, percent: float, stage: str) -> str:
        """A few words such as “about 12 s left”, or nothing while there is too little to judge from."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._begin = stage, (now, percent)
        elapsed, done = now - self._begin[0], percent - self._begin[1]
        if done < 1 or elapsed < 0.5:
            return ''
        seconds = int(round(elapsed * (100 - percent) / done))
        if seconds >= 120:
            return tr('about {n} min left').format(n=round(seconds / 60))
        return tr('about {n} s left').format(n=max(seconds, 1))


def run(arguments: list[str], progress: Callable[[float, str], None] | None = None,
        log: Callable[[str], None] | None = None, cancelled: Callable[[], bool] | None = None) -> str:
    """Standard output of `wsnet ARGUMENTS`; raises one sentence on failure, Cancelled within a second of a cancel."""
    program = native.command()
    if program is None:
        raise ProcessError(native.missing() or '')
    child = _start([program] + arguments)
    lines: queue.Queue[tuple[IO[str], str | None]] = queue.Queue()
    readers = [threading.Thread(target=_read_lines, args=(stream, lines), daemon=True)
               for stream in (child.stdout, child.stderr)]
    for reader in readers:
        reader.start()
    talk = _Talk(child, progress, log)
    try:
        talk.follow(lines, cancelled)
    except BaseException:
        _stop(child)
        raise
    code = child.wait()
    child.stdin.close()
    if code != 0:
        raise _failure(code, talk.last_message, cancelled)
    return '\n'.join(talk.output)


class _Talk:
    """What the child says: results on standard output, progress and messages on standard error."""

    def __init__(self, child: subprocess.Popen, progress: Callable[[float, str], None] | None,
                 log: Callable[[str], None] | None) -> None:
        self._machine_readable = JSON in child.args
        self._output_stream, self._progress, self._log = child.stdout, progress, log
        self._n_open = 2
        self.output: list[str] = []
        self.last_message = ''

    def follow(self, lines: queue.Queue, cancelled: Callable[[], bool] | None) -> None:
        """Passes lines on until the child closes both streams; raises Cancelled when the user stops it."""
        while self._n_open:
            if cancelled is not None and cancelled():
                raise Cancelled(tr('Cancelled; nothing was left behind.'))
            try:
                stream, line = lines.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                self._n_open -= 1
            else:
                self._take(stream is self._output_stream, line)

    def _take(self, is_output: bool, line: str) -> None:
        """Sorts one line."""
        found = None if is_output else PROGRESS.match(line)
        if found:
            if self._progress is not None:
                self._progress(float(found.group(1)), found.group(2))
            return
        if is_output:
            self.output.append(line)
        elif line.strip():
            self.last_message = line.strip()
        if self._log is not None and line.strip() and not (is_output and self._machine_readable):
            self._log(line.rstrip())


def parse_json(text: str) -> dict:
    """The object that `wsnet ... --json` printed; raises one sentence."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ProcessError(tr('The answer of WS-Net could not be read: {reason}').format(reason=error)) from error
    if not isinstance(content, dict):
        raise ProcessError(tr('The answer of WS-Net could not be read: {reason}').format(reason=text[:80]))
    return content


def _start(command: list[str]) -> subprocess.Popen:
    """The child with both outputs as text, without a console window on Windows."""
    flags = subprocess.CREATE_NO_WINDOW if sys.platform == 'win32' else 0
    try:
        return subprocess.Popen(  # nosec B603: a list of arguments, our own program, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding='utf-8', errors='replace', env=native.child_environment(), creationflags=flags)
    except OSError as error:
        raise ProcessError(tr('{program} could not be started: {reason}').format(
            program=command[0], reason=error.strerror)) from error


def _read_lines(stream: IO[str], lines: queue.Queue) -> None:
    """Hands each line on, then None."""
    with stream:
        for line in stream:
            lines.put((stream, line.rstrip('\r\n')))
    lines.put((stream, None))


def _stop(child: subprocess.Popen) -> None:
    """Asks the child to stop and clean up, and ends it if it does not within a second."""
    child.stdin.close()
    child.terminate()
    try:
        child.wait(KILL_AFTER_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _failure(code: int, last: str, cancelled: Callable[[], bool] | None) -> ProcessError:
    """Why the child ended, in one sentence."""
    if cancelled is not None and cancelled():
        return Cancelled(tr('Cancelled; nothing was left behind.'))
    if code < 0:
        return ProcessError(tr('The WS-Net command stopped unexpectedly (signal {n}). {message}').format(
            n=-code, message=last).strip())
    return ProcessError(PREFIX.sub('', last) or tr('The WS-Net command failed with code {n}.').format(n=code))
