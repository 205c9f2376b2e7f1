"""PyTorch on the reference text model: utterances per second in training, by number of threads.

    python3 bench/peers/text.py [--seconds 2] [--threads 1,2]

Words [32, 32] of a vocabulary of 8000; embedding 128, bidirectional GRU of 128 a direction, dense 256 to 8 over the
last states. A step is forward, backward and Adam (0.001), in float32, without padding, so that nothing needs packing.
`plain` is PyTorch as installed; `kept` keeps memory between steps in huge pages. machine.py prints a JSON line for each.
"""

from machine import measure_torch

VARIANTS = {"training": ["plain", "kept"]}
BATCH, LENGTH, VOCABULARY, WIDTH, CLASSES = 32, 32, 8000, 128, 8


def step_of(task, variant):
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

    return step, BATCH


if __name__ == "__main__":
    measure_torch(__file__, VARIANTS, step_of)
