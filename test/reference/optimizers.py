"""Writes optimizers.json: five steps of PyTorch's optimizers on a matrix that decays and a bias that does not.

    python3 test/reference/optimizers.py && npx oxfmt test/reference/optimizers.json    (needs torch)

The gradients are given numbers, not derivatives of anything; weights are kept after each step. Computed in float64
from float32 numbers, so that only the TypeScript's own rounding shows.
"""

import json
from pathlib import Path

import torch

STEPS = 5
SHAPES = {"matrix": [2, 3], "bias": [3]}
BETAS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
RUNS = [
    {"kind": "sgd", "momentum": 0.0, "weightDecay": 0.0},
    {"kind": "sgd", "momentum": 0.9, "weightDecay": 0.1},
    {"kind": "adam", **BETAS, "weightDecay": 0.0},
    {"kind": "adam", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1},
    {"kind": "adamw", **BETAS, "weightDecay": 0.1},
]
LEARNING_RATE = 0.05


def drawn(generator):
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def optimizer(options, weights):
    groups = [
        {"params": [weights["matrix"]], "weight_decay": options["weightDecay"]},
        {"params": [weights["bias"]], "weight_decay": 0.0},
    ]
    if options["kind"] == "sgd":
        return torch.optim.SGD(groups, lr=LEARNING_RATE, momentum=options["momentum"])
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[options["kind"]]
    return kind(groups, lr=LEARNING_RATE, betas=(options["beta1"], options["beta2"]), eps=options["epsilon"])


def flat(tensors):
    return {name: tensor.detach().flatten().tolist() for name, tensor in tensors.items()}


def trajectory(options, initial, gradients):
    weights = {name: tensor.double().clone().requires_grad_() for name, tensor in initial.items()}
    steps = []
    rule = optimizer(options, weights)
    for gradient in gradients:
        for name, weight in weights.items():
            weight.grad = gradient[name].double()
        rule.step()
        steps.append(flat(weights))
    return steps


def main():
    generator = torch.Generator().manual_seed(1)
    initial = drawn(generator)
    gradients = [drawn(generator) for _ in range(STEPS)]
    document = {
        "source": "test/reference/optimizers.py",
        "torch": torch.__version__,
        "learningRate": LEARNING_RATE,
        "initial": flat(initial),
        "gradients": [flat(gradient) for gradient in gradients],
        "runs": [{"options": options, "steps": trajectory(options, initial, gradients)} for options in RUNS],
    }
    (Path(__file__).parent / "optimizers.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
