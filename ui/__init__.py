# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows of the plugin: they collect values and show results, and compute nothing."""
