# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws the cost a pixel over bands, endmembers and image size: python3 plot_scaling.py RESULTS.jsonl OUT.png"""
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def main() -> int:
    """One panel a series; the dashed line is proportional to the axis, through the default size."""
    lines = [json.loads(line) for line in open(sys.argv[1])]
    lines = [line for line in lines if line["program"] == "bench_scaling"]
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.2), constrained_layout=True)
    titles = {"bands": "bands (5 endmembers)", "endmembers": "endmembers (224 bands)", "pixels": "pixels of the image"}
    usual = {"bands": 224, "endmembers": 5}
    for panel, (series, title) in zip(panels, titles.items()):
        points = [(int(line["name"].split("/")[1]), line["processor_ns_pixel"] / 1e3) for line in lines
                  if line["name"].startswith(series + "/")]
        x, y = zip(*points)
        panel.plot(x, y, "o-", color="#1f6f8b", label="measured")
        if series in usual:
            anchor = dict(points)[usual[series]]
            label = f"linear through {usual[series]}"
            panel.plot(x, [anchor * v / usual[series] for v in x], "--", color="#999999", label=label)
            panel.legend(frameon=False)
        if series == "pixels":
            panel.set_xscale("log")
        panel.set_xlabel(title)
        panel.set_ylim(0, 1.1 * max(y))
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("processor time a pixel (µs)")
    figure.savefig(sys.argv[2], dpi=150)
    return 0


if __name__ == "__main__":
    sys.exit(main())
