# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithms of the provider; a new one is one file and one line here."""
from __future__ import annotations

from .adapt import AdaptAlgorithm
from .apply import ApplyAlgorithm
from .area import AreaAlgorithm
from .audit import AuditAlgorithm
from .card import CardAlgorithm
from .endmembers import EndmembersAlgorithm
from .count import EndmemberCountAlgorithm
from .extend import ExtendAlgorithm
from .fcls import FclsAlgorithm
from .merge_library import MergeLibraryAlgorithm
from .quicklook import QuicklookAlgorithm
from .score import ScoreAlgorithm
from .train import TrainAlgorithm
from .unmix import UnmixAlgorithm

ALGORITHMS = (UnmixAlgorithm, TrainAlgorithm, ApplyAlgorithm, ExtendAlgorithm, AdaptAlgorithm, FclsAlgorithm,
              EndmembersAlgorithm, EndmemberCountAlgorithm, MergeLibraryAlgorithm, ScoreAlgorithm, AuditAlgorithm,
              AreaAlgorithm, CardAlgorithm, QuicklookAlgorithm)
