# SPDX-License-Identifier: GPL-2.0-or-later
"""Times the reference network in PyTorch at its best beside ours, in one run, and prints the ratios.

    python3 bench_pytorch.py BUILD_FOLDER [reference.py]     (default: WSNET_REFERENCE, or the shared reference)

PyTorch runs eager or traced, in batches of 512 or 4096, whichever is fastest, with 2 threads and with 1; the classical input
counts on both sides. Wall-clock ratios mean something on a quiet machine only. So do ratios of processor time with 2 threads,
as PyTorch's wait for each other; with 1 thread they hold on a busy machine too.
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
ROOT = pathlib.Path(__file__).resolve().parents[2]
BANDS, ENDMEMBERS, THREADS = 224, 5, [2]  # PyTorch's threads now


def load_reference(path: pathlib.Path):
    """The reference network as a module."""
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def best(function, rounds=3) -> tuple[float, float]:
    """Best wall-clock and processor seconds of several runs."""
    function()
    walls, processors = [], []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        function()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return min(walls), min(processors)


def report(name: str, pixels: int, seconds: tuple[float, float]) -> tuple[float, float]:
    """Prints a line and records it; returns nanoseconds a pixel."""
    wall, processor = (1e9 * s / pixels for s in seconds)
    load = os.getloadavg()[0]
    print(f"{name:28s} {THREADS[0]} threads {wall:10.1f} ns/pixel (processor {processor:10.1f}) load {load:.1f}", flush=True)
    if os.environ.get("WSNET_BENCH_JSON"):
        with open(os.environ["WSNET_BENCH_JSON"], "a") as file:
            file.write(json.dumps({"program": "bench_pytorch", "name": name, "threads": THREADS[0], "pixels": pixels,
                                   "ns_pixel": wall, "processor_ns_pixel": processor, "load": load}) + "\n")
    return wall, processor


def ours(build: pathlib.Path, program: str, name: str, arguments=()) -> tuple[float, float]:
    """Nanoseconds a pixel of our benchmark's line, measured now."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([str(build / "bench" / program), *arguments], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "WSNET_BENCH_JSON": file.name})
        lines = [json.loads(line) for line in open(file.name)]
    found = [line for line in lines if line["name"] == name and line["threads"] == THREADS[0]][0]
    return found["ns_pixel"], found["processor_ns_pixel"]


def compare(what: str, torch_ns: tuple[float, float], our_ns: tuple[float, float]) -> None:
    """Prints both and their ratio."""
    for kind, theirs, own in zip(("wall", "processor"), torch_ns, our_ns):
        print(f"# {what}, {kind} time: PyTorch {theirs / 1e3:.1f} us/pixel, WS-Net {own / 1e3:.2f} us/pixel, "
              f"ratio {theirs / own:.1f}")
    if os.environ.get("WSNET_BENCH_JSON"):
        with open(os.environ["WSNET_BENCH_JSON"], "a") as file:
            file.write(json.dumps({"program": "bench_pytorch", "name": what + "_ratio", "threads": THREADS[0],
                                   "ratio_wall": torch_ns[0] / our_ns[0],
                                   "ratio_processor": torch_ns[1] / our_ns[1], "load": os.getloadavg()[0]}) + "\n")


def scene(numpy):
    """Endmembers [P,B] and pixels [N,B]."""
    random = numpy.random.default_rng(1)
    w = numpy.linspace(0, 1, BANDS)
    ends = numpy.array([0.35 + 0.25 * numpy.sin(5 * (k + 1) * w + k) for k in range(ENDMEMBERS)])
    pixels = random.dirichlet([0.5] * ENDMEMBERS, 4096) @ ends + random.normal(0, 0.01, (4096, BANDS))
    return ends, pixels


def inference(torch, reference, ends, pixels) -> tuple[float, float]:
    """The fastest way to run the network, with the fastest classical input; nanoseconds a pixel."""
    net = reference.WSNet(ends).eval()
    found = []
    for batch in (512, 4096):
        x = torch.as_tensor(pixels[:batch], dtype=torch.float32)
        u = torch.full((batch, ENDMEMBERS), 1 / ENDMEMBERS)
        with torch.no_grad():
            traced = torch.jit.freeze(torch.jit.trace(net, (x, u)))
            for name, run in (("eager", net), ("traced", traced)):
                run(x, u), run(x, u)
                found.append(report(f"pytorch_{name}_{batch}", batch, best(lambda: run(x, u))))
    classical = report("numpy_fcls_60_iterations", len(pixels), best(lambda: reference.fcls(pixels, ends, 60)))
    network = min(found)
    return network[0] + classical[0], network[1] + classical[1]


def training(torch, reference, ends, pixels) -> tuple[float, float]:
    """One step of the default batch, eager or traced; nanoseconds a pixel."""
    batch, real_batch, found = 512, 256, []
    for traced in (False, True):
        net = reference.WSNet(ends)
        simulate = reference.Simulator(ends, pixels, "linear")
        run = net
        if traced:
            x, a = simulate(batch)
            run = torch.jit.trace(net, (x, a), check_trace=False)
        optimiser = torch.optim.AdamW(net.parameters(), lr=1e-4)
        real = torch.as_tensor(pixels[:real_batch], dtype=torch.float32)

        def classical(spectra):
            return torch.as_tensor(reference.fcls(spectra.numpy(), ends, 60), dtype=torch.float32)

        def step():
            x, a = simulate(batch)
            found_a, low, high = run(x, classical(x))
            fixed = found_a.detach()
            loss = ((found_a - a) ** 2).sum(1).mean()
            loss = loss + 0.1 * (reference.pinball(a, fixed - low, 0.05) +
                                 reference.pinball(a, fixed + high, 0.95)).sum(1).mean()
            mixture = run(real, classical(real))[0] @ net.E.clamp_min(0)
            loss = loss + 0.1 * (1 - torch.nn.functional.cosine_similarity(mixture, real)).mean()
            loss = loss + ((net.E - net.E0) ** 2).sum() / (net.E0 ** 2).sum()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()

        step(), step()
        name = "pytorch_step_traced" if traced else "pytorch_step_eager"
        found.append(report(name, batch + real_batch, best(step, 2)))
    return min(found)


def main() -> int:
    """Runs both comparisons."""
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build")
    default = os.environ.get("WSNET_REFERENCE", ROOT.parent / "shared" / "reference" / "wsnet_reference.py")
    path = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else default)
    try:
        import numpy
        import torch
    except ImportError as error:
        print(f"skipped: {error}")
        return 0
    if not path.exists():
        print("skipped: the reference network is not here; name it with WSNET_REFERENCE")
        return 0
    torch.manual_seed(0)
    print(f"# bench_pytorch: torch {torch.__version__}, load {os.getloadavg()[0]:.2f}")
    reference = load_reference(path)
    ends, pixels = scene(numpy)
    for n_threads in (2, 1):
        THREADS[0] = n_threads
        torch.set_num_threads(n_threads)
        own = ours(build, "bench_inference", "wsnet_abundance", [str(BANDS), str(ENDMEMBERS)])
        compare("inference", inference(torch, reference, ends, pixels), own)
        own = ours(build, "bench_training", "train_step", [str(BANDS), str(ENDMEMBERS), "1"])
        compare("training_step", training(torch, reference, ends, pixels), own)
    return 0


if __name__ == "__main__":
    sys.exit(main())
