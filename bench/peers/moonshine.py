"""Moonshine's encoder in PyTorch, as its published ONNX file computes it, with weights that the bench wrote.

Three convolutions along time, then layers of attention with rotary positions and a feed-forward part, each behind a
layer norm without bias. Names of parameters are those of the published network.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

WIDTH, LAYERS, HEADS, ROTARY, EPSILON = 288, 6, 8, 32, 1e-5


def read_tensors(folder):
    """All tensors of `tensors.bin` by their names in `tensors.json`; see bench/encoder-weights.ts. Read when used."""
    values = torch.from_numpy(np.memmap(Path(folder) / "tensors.bin", "<f4", mode="c"))
    index = json.loads((Path(folder) / "tensors.json").read_text())
    pieces = values.split([int(np.prod(entry["shape"])) for entry in index])
    return {entry["name"]: piece.view(entry["shape"]) for entry, piece in zip(index, pieces)}


class LayerNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return F.layer_norm(x, (WIDTH,), self.weight, None, EPSILON)


def rotary(frames):
    """Cosine and sine of each frame's angles [frames, ROTARY]; pairs of neighbors share one."""
    frequencies = 10000.0 ** (-torch.arange(0, ROTARY, 2) / ROTARY)
    angles = torch.outer(torch.arange(frames, dtype=torch.float32), frequencies).repeat_interleave(2, -1)
    return angles.cos(), angles.sin()


def turn(x, cos, sin):
    pairs, rest = x[..., :ROTARY], x[..., ROTARY:]
    right_angle = torch.stack((-pairs[..., 1::2], pairs[..., ::2]), -1).flatten(-2)
    return torch.cat((pairs * cos + right_angle * sin, rest), -1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.dense = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))

    def forward(self, x, cos, sin):
        batch, frames, _ = x.shape
        split = lambda y: y.view(batch, frames, HEADS, WIDTH // HEADS).transpose(1, 2)
        query = turn(split(self.q_proj(x)), cos, sin) * (WIDTH // HEADS) ** -0.5
        key = turn(split(self.k_proj(x)), cos, sin)
        heard = (query @ key.transpose(-1, -2)).softmax(-1) @ split(self.v_proj(x))
        return self.dense(heard.transpose(1, 2).reshape(batch, frames, WIDTH))


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, 4 * WIDTH)
        self.fc2 = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.self_attn = LayerNorm(), Attention()
        self.post_attention_layernorm, self.mlp = LayerNorm(), FeedForward()

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, WIDTH, 127, stride=64, bias=False)
        self.groupnorm = nn.GroupNorm(1, WIDTH, EPSILON)
        self.conv2 = nn.Conv1d(WIDTH, 2 * WIDTH, 7, stride=3)
        self.conv3 = nn.Conv1d(2 * WIDTH, WIDTH, 3, stride=2)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.layer_norm = LayerNorm()

    def hidden(self, clips):
        """What goes into the first layer, what each hands on, and the norm of the last: [batch, frames, WIDTH]."""
        x = self.groupnorm(self.conv1(clips[:, None]).tanh())
        # GELU comes last: in PyTorch 1.13 its gradient is wrong where the output is transposed (oneDNN takes the memory as it lies).
        x = F.gelu(self.conv3(F.gelu(self.conv2(x))).transpose(1, 2).contiguous())
        cos, sin = rotary(x.shape[1])
        made = [x]
        for layer in self.layers:
            made.append(layer(made[-1], cos, sin))
        return [*made, self.layer_norm(made[-1])]

    def forward(self, clips):
        return self.hidden(clips)[-1]


class Classifier(Encoder):
    """The encoder and a linear head over its mean in time: [batch, samples] -> [batch, classes]."""

    def __init__(self, classes):
        super().__init__()
        self.output = nn.Linear(WIDTH, classes)

    def forward(self, clips):
        return self.output(super().forward(clips).mean(1))


def load_weights(network, tensors):
    """Each parameter takes the values of `weight NAME`; one without is an error."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(tensors[f"weight {name}"].view_as(parameter))
    return network
