"""PyTorch on Moonshine's encoder with the weights of its published file: clips per second, by number of threads.

    python3 bench/peers/encoder.py FOLDER --check
    python3 bench/peers/encoder.py FOLDER [--seconds 2] [--threads 1,2]

FOLDER holds what bench/peers/encoder-task.ts wrote. `--check` prints { layers, loss, gradients }: the largest difference from
what ONNX Runtime and Undertone computed, root mean square, as a share of the values'. Otherwise, in float32:

- `training`: all weights and a linear head over the mean in time; forward, backward and AdamW on the folder's batch.
- `inference`: one clip of it alone.

`plain` is PyTorch as installed; `kept` keeps memory between steps in huge pages; `kept fused` (inference) is traced, frozen
and fused for oneDNN; `kept compiled` is torch.compile, where it exists. machine.py prints a JSON line for each.
"""

import json
import sys

from machine import measure_torch

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


def step_of(task, variant, folder):
    from moonshine import read_tensors

    return {"training": training_step, "inference": inference_step}[task](read_tensors(folder), variant)


if __name__ == "__main__":
    if "--check" in sys.argv:
        check(sys.argv[1])
    else:
        measure_torch(__file__, VARIANTS, step_of)
