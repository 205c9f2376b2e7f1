"""PyTorch on the reference CNN: clips per second in training and in inference, by number of threads.

    python3 bench/peers/cnn.py [--seconds 2] [--threads 1,2]

Input [32, 1, 128, 256]; five blocks of convolution (3 x 3, no bias), batch norm, ReLU and max pooling with 16 to 256
channels; dense 8192 to 256, ReLU, dropout 0.5, dense to 8. A training step is forward, backward and Adam (0.003).
Variants (machine.py runs each in a separate process and prints its JSON line):

- `plain`: eager, contiguous, as PyTorch is installed. glibc returns large tensors to the system at every step.
- `kept`: memory is kept between steps in huge pages, as PyTorch's tuning guide recommends (jemalloc does the same).
- `kept channels-last`: and the layout that convolutions are fastest in.
- `kept fused` (inference): traced, frozen and fused for oneDNN (torch.jit.optimize_for_inference), in both layouts.
- `kept compiled`: torch.compile, where it exists (PyTorch 2).

All in float32.
"""

from machine import measure_torch

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


def step_of(task, variant):
    import torch

    layout = torch.channels_last if "channels-last" in variant else torch.contiguous_format
    network = build().to(memory_format=layout)
    return {"training": training_step, "inference": inference_step}[task](network, variant, layout), BATCH


if __name__ == "__main__":
    measure_torch(__file__, VARIANTS, step_of)
