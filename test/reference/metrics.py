"""Reference values of the evaluation module, by scikit-learn; what it lacks, by numpy.

    python3 test/reference/metrics.py > test/reference/metrics.json
"""

import json

import numpy as np
import sklearn
from sklearn import metrics

rng = np.random.default_rng(7)
clips, labels = 90, 5
actual = rng.integers(0, labels - 1, clips)  # the last label is predicted and never true
logits = 1.2 * rng.normal(size=(clips, labels)) + 2.0 * np.eye(labels)[actual]
speakers = rng.integers(0, 6, clips)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_loss(p):
    return metrics.log_loss(actual, p, labels=range(labels))


# Rounded first, so that the file holds exactly what is scored.
probabilities = np.round(softmax(logits), 8)
probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
predicted = probabilities.argmax(axis=1)

every = list(range(labels))
precision, recall, f1, support = metrics.precision_recall_fscore_support(
    actual, predicted, labels=every, zero_division=0
)

confidence, right = probabilities.max(axis=1), predicted == actual
edges = np.arange(1, 15) / 15
bins = np.digitize(confidence, edges, right=True)
ece = sum(
    (bins == b).sum() / clips * abs(right[bins == b].mean() - confidence[bins == b].mean())
    for b in np.unique(bins)
)

temperatures = np.exp(np.linspace(np.log(0.2), np.log(5), 40001))
losses = [
    -np.log(softmax(np.log(probabilities) / t)[np.arange(clips), actual]).mean() for t in temperatures
]

values = np.round(rng.uniform(1, 5, 60), 2)
estimates = np.round(0.6 * values + 0.7 + rng.normal(0, 0.5, 60), 4)
covariance = np.cov(values, estimates, bias=True)[0, 1]
gap = values.mean() - estimates.mean()

print(json.dumps({
    "numpy": np.__version__,
    "sklearn": sklearn.__version__,
    "actual": actual.tolist(),
    "speakers": speakers.tolist(),
    "probabilities": probabilities.tolist(),
    "confusionMatrix": metrics.confusion_matrix(actual, predicted, labels=every).tolist(),
    "normalized": {
        by: metrics.confusion_matrix(actual, predicted, labels=every, normalize=by).tolist()
        for by in ["true", "pred", "all"]
    },
    "precision": precision.tolist(),
    "recall": recall.tolist(),
    "f1": f1.tolist(),
    "support": support.tolist(),
    "unweightedAverageRecall": metrics.balanced_accuracy_score(actual, predicted),
    "accuracy": metrics.accuracy_score(actual, predicted),
    "macroF1": metrics.f1_score(actual, predicted, average="macro"),
    "weightedF1": metrics.f1_score(actual, predicted, average="weighted"),
    "expectedCalibrationError": ece,
    "negativeLogLikelihood": log_loss(probabilities),
    "brierScore": ((probabilities - np.eye(labels)[actual]) ** 2).sum(axis=1).mean(),
    "temperature": temperatures[int(np.argmin(losses))],
    "temperatureLoss": min(losses),
    "values": values.tolist(),
    "estimates": estimates.tolist(),
    "concordance": 2 * covariance / (values.var() + estimates.var() + gap**2),
    "pearson": np.corrcoef(values, estimates)[0, 1],
    "rootMeanSquareError": metrics.mean_squared_error(values, estimates, squared=False),
}))
