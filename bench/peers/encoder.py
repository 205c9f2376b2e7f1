"""PyTorch on Moonshine's encoder with the weights of its published file: clips per second, by number of threads.

    python3 bench/peers/encoder.py FOLDER --check
    python3 bench/peers/encoder.py FOLDER [--seconds 2] [--threads 1,2]

FOLDER holds what bench/encoder-agreement.ts wrote. `--check` prints { layers, loss, gradients }: the largest difference from
what ONNX Runtime and Undertone computed, root mean square, as a share of the values'. Otherwise, in float32:

- `training`: all weights and a linear head over the mean in time; forward, backward and AdamW on the folder's batch.
- `inference`: one clip of it alone.

Each variant runs in a process of its own: `plain` as PyTorch is installed; `kept` keeps memory between steps in huge pages;
`kept fused` (inference) is traced, frozen and fused for oneDNN; `kept compiled` is torch.compile, where it exists.
After a warm-up, the median of the steps that fit into `seconds`. Prints a JSON line for each:
{ peer, torch, threads, task, variant, clipsPerSec, peakMemoryMb }, or with `error` in place of the last two.
"""

import argparse
import json
import subprocess
import sys

from machine import environment, median_seconds, peak_memory_mb, processors

VARIANTS = {
    "training": ["plain", "kept", "kept compiled"],
    "inference": ["plain", "kept", "kept fused", "kept compiled"],
}


def check(folder):
    import torch
    from moonshine import Classifier, load_weights, read_tensors

    tensors = read_tensors(folder)
    network = load_weights(Classifier(tensors["targets"].shape[1]), tensors)
    with torch.no_grad():
        hidden = network.hidden(tensors["clips"])
    loss = loss_of(network, tensors)
    loss.backward()

    def difference(found, name):
        expected = tensors[name]
        return (found.view_as(expected) - expected).norm() / expected.norm()

    gradients = [difference(p.grad, f"gradient {name}") for name, p in network.named_parameters()]
    print(
        json.dumps(
            {
                "layers": largest([difference(made, f"layer {at}") for at, made in enumerate(hidden)]),
                "loss": largest([difference(loss.detach(), "loss")]),
                "gradients": largest(gradients),
            }
        )
    )


def largest(differences):
    import torch

    # Unlike Python's own, this maximum passes on what is no number.
    return torch.stack(differences).max().item()


def loss_of(forward, tensors):
    return -(tensors["targets"] * forward(tensors["clips"]).log_softmax(-1)).sum()


def training_step(tensors, variant):
    import torch
    from moonshine import Classifier, load_weights

    network = load_weights(Classifier(tensors["targets"].shape[1]), tensors)
    matrices = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}]
    adamw = torch.optim.AdamW(groups, lr=1e-4, foreach=True)
    forward = torch.compile(network) if "compiled" in variant else network
    # Copies, so that nothing else of the file stays in memory.
    batch = {name: tensors[name].clone() for name in ("clips", "targets")}

    def step():
        adamw.zero_grad(set_to_none=True)
        loss_of(forward, batch).backward()
        adamw.step()

    return step, len(batch["clips"])


def inference_step(tensors, variant):
    import torch
    from moonshine import Encoder, load_weights

    network = load_weights(Encoder(), tensors).eval()
    clip = tensors["clips"][:1].clone()
    if "fused" in variant:
        with torch.no_grad():
            network = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, clip)))
    elif "compiled" in variant:
        network = torch.compile(network)

    def step():
        with torch.inference_mode():
            network(clip)

    return step, 1


def measure(folder, task, variant, seconds):
    import torch
    from moonshine import read_tensors

    torch.set_flush_denormal(True)
    step, clips = {"training": training_step, "inference": inference_step}[task](read_tensors(folder), variant)
    return {"clipsPerSec": round(clips / median_seconds(step, seconds), 2), "peakMemoryMb": peak_memory_mb()}


def in_own_process(threads, job):
    command = [sys.executable, __file__, job["folder"], "--job", json.dumps(job)]
    child = subprocess.run(command, env=environment(threads, "kept" in job["variant"]), capture_output=True, text=True)
    if child.returncode != 0:
        return {"error": (child.stderr.strip().splitlines() or ["ended without a word"])[-1]}
    return json.loads(child.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--threads", default=",".join(str(n + 1) for n in range(processors())))
    parser.add_argument("--job", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.check:
        check(arguments.folder)
        return
    if arguments.job:
        print(json.dumps(measure(**json.loads(arguments.job))))
        return

    import torch

    for threads in map(int, arguments.threads.split(",")):
        for task, variants in VARIANTS.items():
            for variant in variants:
                if "compiled" in variant and not hasattr(torch, "compile"):
                    continue
                job = {"folder": arguments.folder, "task": task, "variant": variant, "seconds": arguments.seconds}
                facts = {"peer": "pytorch", "torch": torch.__version__, "threads": threads}
                line = {**facts, "task": task, "variant": variant, **in_own_process(threads, job)}
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
