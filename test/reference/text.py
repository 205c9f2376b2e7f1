"""Writes text.json: TF-IDF rows and logistic regressions, worked out with numpy alone.

    python3 test/reference/text.py    (needs numpy)

TF-IDF is written out from its definition, as scikit-learn's TfidfVectorizer(ngram_range=(1, 2), min_df=2,
sublinear_tf=True) documents it. The regressions are brought to their optimum by Newton's method with the full
Hessian, in float64: another way than the TypeScript's L-BFGS to the same minimum.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np

DOCUMENTS = ["oh no oh no no", "no way", "oh my my", "no way oh no", "new words only"]


def terms_of(document):
    words = document.split()
    return words + [" ".join(pair) for pair in zip(words, words[1:])]


def tf_idf(documents):
    terms = [terms_of(document) for document in documents]
    frequency = Counter(term for own in terms for term in set(own))
    known = [term for term, count in frequency.items() if count >= 2]
    rows = []
    for own in terms:
        counts = Counter(own)
        row = {
            term: (1 + np.log(counts[term])) * (np.log((1 + len(documents)) / (1 + frequency[term])) + 1)
            for term in known
            if counts[term]
        }
        length = np.sqrt(sum(weight**2 for weight in row.values()))
        rows.append({term: weight / length for term, weight in sorted(row.items())})
    return rows


def regression(x, labels, classes, c, balanced):
    rows, columns = x.shape
    ones = np.hstack([x, np.ones((rows, 1))])
    counts = np.bincount(labels, minlength=classes)
    shares = rows / (classes * counts[labels]) if balanced else np.ones(rows)
    target = np.eye(classes)[labels]
    penalty = np.diag(np.repeat(np.append(np.ones(columns), 0.0), classes))
    weights = np.zeros((columns + 1) * classes)
    for _ in range(50):
        logits = ones @ weights.reshape(columns + 1, classes)
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        gradient = c * (ones.T @ ((p - target) * shares[:, None])).ravel() + penalty @ weights
        hessian = penalty.copy()
        for row in range(rows):
            inner = np.diag(p[row]) - np.outer(p[row], p[row])
            hessian += c * shares[row] * np.kron(np.outer(ones[row], ones[row]), inner)
        # The intercepts are determined up to a constant: the pseudo-inverse takes the one with mean 0.
        weights -= np.linalg.pinv(hessian, rcond=1e-12) @ gradient
    assert np.abs(gradient).max() < 1e-9
    return weights


def main():
    generator = np.random.default_rng(1)
    classes = 3
    labels = generator.permutation(np.repeat(np.arange(classes), [5, 10, 25]))
    x = np.round(generator.normal(size=(40, 4)) + 0.7 * np.eye(4)[labels], 3)
    runs = [
        {"c": c, "balanced": balanced, "weights": np.round(regression(x, labels, classes, c, balanced), 10).tolist()}
        for c in (0.1, 10.0)
        for balanced in (False, True)
    ]
    reference = {
        "documents": DOCUMENTS,
        "rows": tf_idf(DOCUMENTS),
        "regression": {"classes": classes, "columns": 4, "x": x.ravel().tolist(), "labels": labels.tolist(), "runs": runs},
    }
    (Path(__file__).parent / "text.json").write_text(json.dumps(reference, indent=1) + "\n")


main()
