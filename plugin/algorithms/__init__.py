# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithms of the provider; a new one is one file and one line here."""
from __future__ import annotations

from .apply import ApplyAlgorithm
from .endmembers import EndmembersAlgorithm
from .count import EndmemberCountAlgorithm
from .fcls import FclsAlgorithm
from .quicklook import QuicklookAlgorithm
from .score import ScoreAlgorithm
from .train import TrainAlgorithm
from .unmix import UnmixAlgorithm

ALGORITHMS = (UnmixAlgorithm, TrainAlgorithm, ApplyAlgorithm, FclsAlgorithm, EndmembersAlgorithm,
              EndmemberCountAlgorithm, ScoreAlgorithm, QuicklookAlgorithm)
