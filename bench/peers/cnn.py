"""PyTorch's best on the brief's CNN: clips per second in training and in inference, by number of threads.

    python3 bench/peers/cnn.py [--seconds 3] [--threads 1,2]

Input [32, 1, 128, 256]; five blocks of convolution (3 x 3, no bias), batch norm, ReLU and max pooling with 16 to 256
channels; dense 8192 to 256, ReLU, dropout 0.5, dense to 8. A training step is forward, backward and Adam (0.003).
Each variant runs in a process of its own, so that its peak memory is its own and its threads are set from the start:

- `plain`: eager, contiguous, as PyTorch is installed. glibc hands large tensors back to the system at every step.
- `kept`: memory is kept between steps in huge pages, as PyTorch's tuning guide recommends (jemalloc does the same).
- `kept channels-last`: and the layout that convolutions are fastest in.
- `kept fused` (inference): traced, frozen and fused for oneDNN (torch.jit.optimize_for_inference), in both layouts.
- `kept compiled`: torch.compile, where it exists (PyTorch 2).

All in float32, after a warm-up: the median of the steps that fit into `seconds`. Prints one JSON line per number of threads:
{ peer, torch, threads, training, inference, plain: { training, inference }, peakMemoryMb: { training, inference }, variants }
where training, inference and peakMemoryMb are those of the fastest variant. Variants that fail carry `error`.
"""

import argparse
import json
import subprocess
import sys

from machine import environment, median_seconds, peak_memory_mb, processors

BATCH = 32
VARIANTS = {
    "training": ["plain", "kept", "kept channels-last", "kept compiled"],
    "inference": ["plain", "kept channels-last", "kept fused", "kept fused channels-last", "kept compiled"],
}



def build():
    from torch import nn

    layers = []
    for i, o in zip([1, 16, 32, 64, 128], [16, 32, 64, 128, 256]):
        layers += [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    layers += [nn.Flatten(), nn.Linear(256 * 4 * 8, 256), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(256, 8)]
    return nn.Sequential(*layers)


def training_step(network, variant, layout):
    import torch

    adam = torch.optim.Adam(network.parameters(), lr=0.003, foreach=True)
    clips = torch.randn(BATCH, 1, 128, 256).contiguous(memory_format=layout)
    labels = torch.randint(8, (BATCH,))
    forward = torch.compile(network) if "compiled" in variant else network

    def step():
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(forward(clips), labels).backward()
        adam.step()

    return step


def inference_step(network, variant, layout):
    import torch

    clips = torch.randn(BATCH, 1, 128, 256).contiguous(memory_format=layout)
    network.eval()
    if "fused" in variant:
        with torch.no_grad():
            network = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, clips)))
    elif "compiled" in variant:
        network = torch.compile(network)

    def step():
        with torch.inference_mode():
            network(clips)

    return step


def measure(task, variant, seconds):
    import torch

    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    layout = torch.channels_last if "channels-last" in variant else torch.contiguous_format
    network = build().to(memory_format=layout)
    step = {"training": training_step, "inference": inference_step}[task](network, variant, layout)
    return {
        "clipsPerSec": round(BATCH / median_seconds(step, seconds), 1),
        "peakMemoryMb": peak_memory_mb(),
    }


def in_own_process(threads, job):
    command = [sys.executable, __file__, "--job", json.dumps(job)]
    child = subprocess.run(command, env=environment(threads, "kept" in job["variant"]), capture_output=True, text=True)
    if child.returncode != 0:
        return {"error": (child.stderr.strip().splitlines() or ["ended without a word"])[-1]}
    return json.loads(child.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", default=",".join(str(n + 1) for n in range(processors())))
    parser.add_argument("--job", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        print(json.dumps(measure(**json.loads(arguments.job))))
        return

    import torch

    for threads in map(int, arguments.threads.split(",")):
        line = {"peer": "pytorch", "torch": torch.__version__, "threads": threads}
        line.update(plain={}, peakMemoryMb={}, variants=[])
        for task, names in VARIANTS.items():
            measured = {}
            for name in names:
                if "compiled" in name and not hasattr(torch, "compile"):
                    continue
                result = in_own_process(threads, {"task": task, "variant": name, "seconds": arguments.seconds})
                line["variants"].append({"task": task, "variant": name, **result})
                if "error" not in result:
                    measured[name] = result
            if "plain" not in measured:
                sys.exit(next(failed["error"] for failed in line["variants"] if "error" in failed))
            best = max(measured.values(), key=lambda result: result["clipsPerSec"])
            line[task] = best["clipsPerSec"]
            line["plain"][task] = measured["plain"]["clipsPerSec"]
            line["peakMemoryMb"][task] = best["peakMemoryMb"]
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
