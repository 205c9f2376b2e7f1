"""PyTorch on the brief's text model: utterances per second in training, by number of threads.

    python3 bench/peers/text.py [--seconds 3] [--threads 1,2]

Words [32, 32] of a vocabulary of 8000; embedding 128, bidirectional GRU of 128 a direction, dense 256 to 8 over the
last states. A step is forward, backward and Adam (0.001), in float32, without padding, so that nothing needs packing.
Each variant runs in a process of its own: `plain` as PyTorch is installed; `kept` keeps memory between steps in huge
pages. After a warm-up, the median of the steps that fit into `seconds`. Prints a JSON line for each:
{ peer, torch, threads, variant, utterancesPerSec, peakMemoryMb }
"""

import argparse
import json
import subprocess
import sys

from machine import environment, median_seconds, peak_memory_mb, processors

BATCH, LENGTH, VOCABULARY, WIDTH, CLASSES = 32, 32, 8000, 128, 8


def training_step():
    import torch
    from torch import nn

    embedding = nn.Embedding(VOCABULARY, WIDTH)
    gru = nn.GRU(WIDTH, WIDTH, bidirectional=True, batch_first=True)
    output = nn.Linear(2 * WIDTH, CLASSES)
    layers = nn.ModuleList([embedding, gru, output])
    adam = torch.optim.Adam(layers.parameters(), lr=0.001, foreach=True)
    words = torch.randint(1, VOCABULARY, (BATCH, LENGTH))
    labels = torch.randint(CLASSES, (BATCH,))

    def step():
        adam.zero_grad(set_to_none=True)
        _, last = gru(embedding(words))
        logits = output(torch.cat([last[0], last[1]], 1))
        torch.nn.functional.cross_entropy(logits, labels).backward()
        adam.step()

    return step


def measure(threads, variant, seconds):
    import torch

    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    step = training_step()
    return {
        "peer": "pytorch",
        "torch": torch.__version__,
        "threads": threads,
        "variant": variant,
        "utterancesPerSec": round(BATCH / median_seconds(step, seconds), 1),
        "peakMemoryMb": peak_memory_mb(),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", default=",".join(str(n + 1) for n in range(processors())))
    parser.add_argument("--job", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        print(json.dumps(measure(**json.loads(arguments.job))), flush=True)
        return
    for threads in map(int, arguments.threads.split(",")):
        for variant in ("plain", "kept"):
            job = json.dumps({"threads": threads, "variant": variant, "seconds": arguments.seconds})
            command = [sys.executable, __file__, "--job", job]
            subprocess.run(command, env=environment(threads, variant == "kept"), check=True)


if __name__ == "__main__":
    main()
