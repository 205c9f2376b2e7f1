"""Writes trajectory.json and trajectory.bin: 20 Adam steps of PyTorch on the reference CNN, for trajectory tests.

    python3 test/reference/trajectory.py && npx oxfmt test/reference/trajectory.json    (needs numpy and torch; seconds)

Network. Input [batch, 1, height, width]. Five blocks of convolution (3 x 3, padding 1, no bias: the shift of the batch
norm that follows makes it redundant), batch norm (epsilon 1e-5, momentum 0.1), ReLU, max pooling (2 x 2). Flattened
[batch, channels * height/32 * width/32], channel by channel, rows then columns, as PyTorch's `flatten` does. A dense
layer, ReLU, dropout 0.5, a dense layer to 8 classes; mean softmax cross-entropy. Adam: learning rate 0.003, betas 0.9
and 0.999, epsilon 1e-8 (added to the root of the bias-corrected second moment).

Two instances: `full`, the true size, keeps losses and checksums; `small` keeps all final weights.

Random numbers. Each instance has one linear congruential generator, x := (1664525 x + 1013904223) mod 2^32, that starts
at x = its seed and is advanced before each use, so that the first number used is x_1. Written u = x / 2^32, a drawn value
is float32(center + (u - 0.5) * 2 * spread), computed in float64 in this order. Drawn, each tensor in row-major order:

1. The parameters, in the order of `parameters` in the JSON, with the center and spread given there:
   for blocks 0 to 4: blocks.N.convolution [out, in, 3, 3], blocks.N.scale [out], blocks.N.shift [out];
   then hidden.weight [hidden, flattened], hidden.bias, output.weight [classes, hidden], output.bias.
   Dense weights are [out, in], as in PyTorch's `Linear`: y = x W^T + b.
   Running means start at 0 and running variances at 1; nothing is drawn for them.
2. Then for each step:
   a. labels [batch]: floor(u * 8), one number each;
   b. pixels [batch, height, width]: center 0, spread 1; then, float32 addition, + 1 in the columns
      label * width/8 <= column < (label + 1) * width/8 of each clip, so that there is something to learn;
   c. the mask of dropout [batch, hidden]: 2 where u >= 0.5, otherwise 0, multiplied with the activations after ReLU.

`finalState` is x after everything has been drawn.

Results. `losses` are taken before each step's update. Final values follow 20 updates; running variances follow PyTorch in
being unbiased (n / (n - 1)), while the forward pass divides by n. Everything is computed twice from the same float32 start:
in float32, and in float64, which stands for exact arithmetic. How far the first is from the second says what
another float32 implementation can be held to. Checksums: the sum, the sum of squares and the values at `at`, eight
flat indices floor(k * (size - 1) / 7), k = 0 … 7. `trajectory.bin` is little-endian float32 at the offsets that the JSON
names (counted in numbers, not bytes): of each tensor of the small instance, the float32 run, then the float64 run rounded.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

STEPS = 20
CLASSES = 8
DROPOUT = 0.5
ADAM = {"learningRate": 0.003, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
INSTANCES = {
    "small": {"seed": 1, "batch": 4, "height": 32, "width": 32, "channels": [4, 8, 8, 16, 16], "hidden": 16},
    "full": {"seed": 2, "batch": 8, "height": 128, "width": 256, "channels": [16, 32, 64, 128, 256], "hidden": 256},
}


class Generator:
    """x := (1664525 x + 1013904223) mod 2^32, many at a time: x_n = a^n x_0 + c (a^0 + ... + a^(n-1))."""

    def __init__(self, seed):
        self.state = np.uint32(seed)

    def uniform(self, *shape):
        count = int(np.prod(shape))
        powers = np.cumprod(np.full(count, 1664525, np.uint32), dtype=np.uint32)
        sums = np.cumsum(np.concatenate([[np.uint32(1)], powers[:-1]]), dtype=np.uint32)
        x = powers * self.state + sums * np.uint32(1013904223)
        self.state = x[-1]
        return (x / 2.0**32).reshape(shape)

    def values(self, shape, center, spread):
        return (center + (self.uniform(*shape) - 0.5) * 2 * spread).astype(np.float32)


class Cnn(nn.Module):
    def __init__(self, height, width, channels, hidden, **_):
        super().__init__()
        pairs = list(zip([1, *channels], channels))
        self.convolutions = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1, bias=False) for i, o in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(o, eps=1e-5, momentum=0.1) for o in channels)
        self.hidden = nn.Linear(channels[-1] * (height // 32) * (width // 32), hidden)
        self.output = nn.Linear(hidden, CLASSES)

    def forward(self, x, mask):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = functional.max_pool2d(functional.relu(norm(convolution(x))), 2)
        return self.output(functional.relu(self.hidden(x.flatten(1))) * mask)

    def named_tensors(self):
        """Parameters and running statistics under the names of the JSON, parameters in the order of drawing."""
        for n, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
            yield f"blocks.{n}.convolution", convolution.weight
            yield f"blocks.{n}.scale", norm.weight
            yield f"blocks.{n}.shift", norm.bias
            yield f"blocks.{n}.runningMean", norm.running_mean
            yield f"blocks.{n}.runningVariance", norm.running_var
        for name, layer in (("hidden", self.hidden), ("output", self.output)):
            yield f"{name}.weight", layer.weight
            yield f"{name}.bias", layer.bias


def initial_range(name, shape):
    """Center and spread of a parameter: He's uniform bound for convolutions, 1/sqrt(fan in) for dense layers."""
    if name.endswith("convolution"):
        return 0.0, float(np.float32(np.sqrt(6 / np.prod(shape[1:]))))
    if name.endswith("scale"):
        return 1.0, 0.1
    if name.endswith("weight"):
        return 0.0, float(np.float32(np.sqrt(1 / shape[1])))
    return 0.0, 0.1


def train(config, dtype):
    """The trajectory in one arithmetic: losses, what was drawn and final tensors as float64 arrays."""
    generator = Generator(config["seed"])
    network = Cnn(**config).to(dtype)
    parameters = []
    with torch.no_grad():
        for name, tensor in network.named_tensors():
            if "running" not in name:
                shape = list(tensor.shape)
                center, spread = initial_range(name, shape)
                tensor.copy_(torch.from_numpy(generator.values(shape, center, spread)))
                parameters.append({"name": name, "shape": shape, "center": center, "spread": spread})
    betas = (ADAM["beta1"], ADAM["beta2"])
    adam = torch.optim.Adam(network.parameters(), lr=ADAM["learningRate"], betas=betas, eps=ADAM["epsilon"])
    batch, height, width = config["batch"], config["height"], config["width"]
    losses = []
    for _ in range(STEPS):
        labels = np.floor(generator.uniform(batch) * CLASSES).astype(np.int64)
        pixels = generator.values((batch, height, width), 0.0, 1.0)
        for clip, label in enumerate(labels):
            pixels[clip, :, label * width // 8 : (label + 1) * width // 8] += np.float32(1)
        mask = np.where(generator.uniform(batch, config["hidden"]) >= DROPOUT, 1 / (1 - DROPOUT), 0.0)
        logits = network(torch.from_numpy(pixels[:, None]).to(dtype), torch.from_numpy(mask).to(dtype))
        loss = functional.cross_entropy(logits, torch.from_numpy(labels))
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    finals = {name: tensor.detach().double().numpy() for name, tensor in network.named_tensors()}
    return losses, {"parameters": parameters, "finalState": int(generator.state)}, finals


def checksum(values):
    flat = values.ravel()
    at = [k * (flat.size - 1) // 7 for k in range(8)]
    return {"sum": float(flat.sum()), "sumOfSquares": float((flat**2).sum()), "at": at, "values": flat[at].tolist()}


def describe(config, written):
    """One instance as JSON; the small one's final tensors are appended to `written`."""
    losses32, drawn, finals32 = train(config, torch.float32)
    losses64, _, finals64 = train(config, torch.float64)
    tensors = []
    for name, exact in finals64.items():
        single = finals32[name]
        difference = single - exact
        tensor = {"name": name, "shape": list(exact.shape)}
        tensor["drift"] = {
            "maximum": float(np.abs(difference).max()),
            "relative": float(np.linalg.norm(difference) / np.linalg.norm(exact)),
        }
        if written is None:
            tensor["checksum"] = {"float32": checksum(single), "float64": checksum(exact)}
        else:
            tensor["offset"] = {}
            for key, values in (("float32", single), ("float64", exact)):
                tensor["offset"][key] = sum(part.size for part in written)
                written.append(values.astype("<f4").ravel())
        tensors.append(tensor)
    losses = {"float32": losses32, "float64": losses64}
    losses["drift"] = float(np.max(np.abs(np.subtract(losses32, losses64))))
    return {**config, **drawn, "losses": losses, "tensors": tensors}


def main():
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    here = Path(__file__).parent
    written = []
    document = {
        "format": 1,
        "source": "test/reference/trajectory.py, whose first lines say how every number is drawn",
        "torch": torch.__version__,
        "generator": {"multiplier": 1664525, "increment": 1013904223},
        "order": "parameters as listed; then for each step labels, pixels, dropout mask",
        "steps": STEPS,
        "classes": CLASSES,
        "dropout": DROPOUT,
        "batchNorm": {"epsilon": 1e-5, "momentum": 0.1},
        "adam": ADAM,
        "small": describe(INSTANCES["small"], written),
        "full": describe(INSTANCES["full"], None),
    }
    (here / "trajectory.json").write_text(json.dumps(document, indent=1) + "\n")
    np.concatenate(written).tofile(here / "trajectory.bin")


if __name__ == "__main__":
    main()
