"""Reference values of the evaluation room, by numpy and scikit-learn's documented definitions.

    python3 test/reference/metrics.py > test/reference/metrics.json
"""

import json

import numpy as np

rng = np.random.default_rng(7)
clips, labels = 90, 5
actual = rng.integers(0, labels - 1, clips)  # the last label is answered and never true
logits = 1.2 * rng.normal(size=(clips, labels)) + 2.0 * np.eye(labels)[actual]
speakers = rng.integers(0, 6, clips)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_loss(p):
    return -np.log(p[np.arange(clips), actual]).mean()


# Rounded first, so that the file holds exactly what is scored.
probabilities = np.round(softmax(logits), 8)
probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
predicted = probabilities.argmax(axis=1)

matrix = np.zeros((labels, labels), int)
np.add.at(matrix, (actual, predicted), 1)
true_positive = np.diag(matrix)
support, answered = matrix.sum(axis=1), matrix.sum(axis=0)
recall = np.divide(true_positive, support, out=np.zeros(labels), where=support > 0)
precision = np.divide(true_positive, answered, out=np.zeros(labels), where=answered > 0)
f1 = 2 * true_positive / (support + answered)

confidence, right = probabilities.max(axis=1), predicted == actual
edges = np.arange(1, 15) / 15
bins = np.digitize(confidence, edges, right=True)
ece = sum(
    (bins == b).sum() / clips * abs(right[bins == b].mean() - confidence[bins == b].mean())
    for b in np.unique(bins)
)

temperatures = np.exp(np.linspace(np.log(0.2), np.log(5), 40001))
losses = [log_loss(softmax(np.log(probabilities) / t)) for t in temperatures]

print(json.dumps({
    "numpy": np.__version__,
    "actual": actual.tolist(),
    "speakers": speakers.tolist(),
    "probabilities": probabilities.tolist(),
    "confusionMatrix": matrix.tolist(),
    "precision": precision.tolist(),
    "recall": recall.tolist(),
    "f1": f1.tolist(),
    "unweightedAverageRecall": recall[support > 0].mean(),
    "accuracy": right.mean(),
    "macroF1": f1[(support > 0) | (answered > 0)].mean(),
    "weightedF1": (f1 * support).sum() / clips,
    "expectedCalibrationError": ece,
    "negativeLogLikelihood": log_loss(probabilities),
    "brierScore": ((probabilities - np.eye(labels)[actual]) ** 2).sum(axis=1).mean(),
    "temperature": temperatures[int(np.argmin(losses))],
    "temperatureLoss": min(losses),
}))
