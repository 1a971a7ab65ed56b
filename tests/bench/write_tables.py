# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the page of measurements, and the short table in the README, from the results of a run.

    python3 write_tables.py RESULTS.jsonl resources/docs/benchmarks.md [README.md]

In the README the lines between the two comments that name this program are replaced.
"""
import json
import pathlib
import sys

BEGIN, END = "<!-- benchmarks: written by tests/bench/write_tables.py -->", "<!-- benchmarks end -->"


def number(value: float | None, digits: int = 3) -> str:
    """A number as the tables show it."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def of_program(lines: list[dict], *programs: str) -> list[dict]:
    """The last line of each name and thread count of these programs, in order."""
    found = {(line["program"], line["name"], line["threads"]): line for line in lines if line["program"] in programs}
    return list(found.values())


def core_table(lines: list[dict]) -> str:
    """Lines of the core's own benchmarks."""
    rows = [[line["name"], str(line["threads"]), line.get("kernels", ""), number(line["ns_pixel"] / 1e3),
             number(line["processor_ns_pixel"] / 1e3), number(line.get("gflops") or None),
             f"{100 * line['share_of_sgemm']:.0f} %" if line.get("share_of_sgemm") else "", number(line.get("peak_mb")),
             number(line["load"])] for line in lines if "ns_pixel" in line]
    return table(["name", "threads", "kernels", "µs a pixel", "processor µs a pixel", "GFLOP/s", "of one core's sgemm",
                  "peak MB", "load"], rows)


def job_table(lines: list[dict]) -> str:
    """Lines of whole programs."""
    rows = [[line["name"], number(line["seconds"]), number(line["processor_seconds"]), number(line["ns_pixel"] / 1e3),
             number(line["peak_mb"]), number(line.get("ratio_to_copy")), number(line.get("rmse")),
             number(line.get("passes")), number(line["load"])] for line in lines]
    head = ["name", "seconds", "processor s", "µs a pixel", "peak MB", "time / copy", "RMSE", "passes", "load"]
    keep = [i for i in range(len(head)) if i == 0 or any(row[i] for row in rows)]
    return table([head[i] for i in keep], [[row[i] for i in keep] for row in rows])


def ratio_sentences(lines: list[dict]) -> str:
    """PyTorch's time over ours."""
    return "".join(f"- {line['name'].replace('_', ' ')}, {line['threads']} thread{'s' * (line['threads'] > 1)}: "
                   f"{line['ratio_wall']:.1f} by wall clock, {line['ratio_processor']:.1f} by processor time "
                   f"(load {line['load']:.1f})\n" for line in lines if "ratio_wall" in line)


def page(lines: list[dict]) -> str:
    """The whole page."""
    loads = [line["load"] for line in lines]
    text = ("# Measurements\n\nWritten by `sh tests/run.sh bench`. Absolute times do not travel between machines; ratios "
            f"within this run do, on a quiet machine. The load during it was {min(loads):.1f} to {max(loads):.1f}"
            + (": **not a quiet machine**, so only processor times mean something.\n" if max(loads) > 3 else ".\n"))
    sections = [("Inference and classical least squares", core_table, ("bench_inference",)),
                ("Training", core_table, ("bench_training",)), ("PyTorch, the same network", core_table, ("bench_pytorch",)),
                ("Scaling", core_table, ("bench_scaling",)),
                ("Whole jobs on a float32 cube of 224 bands", job_table, ("bench_jobs",)),
                ("Peers on one made-up cube of 224 bands, 5 endmembers", job_table, ("bench_peers",))]
    for title, make, programs in sections:
        rows = of_program(lines, *programs)
        if rows:
            text += f"\n## {title}\n\n" + make(rows)
        if "bench_pytorch" in programs:
            text += "\nPyTorch's time over ours:\n" + ratio_sentences(rows)
        if "bench_scaling" in programs and rows:
            text += "\n![cost a pixel over bands, endmembers and image size](scaling.png)\n"
    return text


def main() -> int:
    """Writes the page, and the README's part where it has one."""
    lines = [json.loads(line) for line in open(sys.argv[1])]
    pathlib.Path(sys.argv[2]).write_text(page(lines))
    if len(sys.argv) > 3:
        readme = pathlib.Path(sys.argv[3])
        text = readme.read_text()
        peers = of_program(lines, "bench_peers")
        if BEGIN in text and END in text and peers:
            before, rest = text.split(BEGIN)
            readme.write_text(before + BEGIN + "\n" + job_table(peers) + END + rest.split(END)[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
