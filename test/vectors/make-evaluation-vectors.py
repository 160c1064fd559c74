"""Writes test-evaluation.json beside itself. See metrics.md for when and with what it was made."""
import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score,
    auc,
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
)

FOLDER = pathlib.Path(__file__).parent
# One class only: the policies differ, and the note says how.
warnings.simplefilter("ignore")


def expected(labels, scores):
    predicted = scores > 0.5
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    (tn, fp), (fn, tp) = confusion_matrix(labels, predicted, labels=[0, 1]).tolist()
    area = float(roc_auc_score(labels, scores))
    values = {
        "accuracy": float(accuracy_score(labels, predicted)),
        "aucPr": float(average_precision_score(labels, scores)),
        "aucPrTrapezoid": float(auc(recall, precision)),
        "aucRoc": None if math.isnan(area) else area,
        "precision": float(precision_score(labels, predicted, zero_division=0)),
        "recall": float(recall_score(labels, predicted, zero_division=0)),
        "f1": float(f1_score(labels, predicted, zero_division=0)),
        "confusion": {"truePositives": tp, "falsePositives": fp, "trueNegatives": tn, "falseNegatives": fn},
    }
    # By falling threshold, without the point at recall 0 and precision 1 that no threshold reaches.
    curve = {"threshold": thresholds[::-1], "precision": precision[:-1][::-1], "recall": recall[:-1][::-1]}
    return values, {name: [float(value) for value in column] for name, column in curve.items()}


def case(name, labels, scores):
    labels = np.asarray(labels)
    # A score that is no number ranks below all others: -1 stands for it, where a probability would be 0 or more.
    values, curve = expected(labels, np.asarray([-1.0 if score is None else score for score in scores]))
    return {"name": name, "labels": labels.tolist(), "scores": list(scores), **values, "curve": curve}


def computed_case(name, every):
    """25,000 rows by whole-number arithmetic, for the test to compute alike: positive where row % every == 0."""
    row = np.arange(25_000)
    labels = (row % every == 0).astype(int)
    scores = ((31 * row * row + 17 * row) % 10_007 + 5_000 * labels) / 15_007
    values, curve = expected(labels, scores)
    return {"name": name, "every": every, "thresholds": len(curve["threshold"]), **values}


earlier = json.loads((FOLDER / "metrics.json").read_text())["cases"]
cases = [case(each["name"], each["labels"], each["scores"]) for each in earlier if len(each["labels"]) < 200 or "levels" in each["name"]]
cases += [
    case("all negative", [0, 0, 0], [0.2, 0.6, 0.9]),
    case("all scores 0, as of a diverged model", [1, 0, 0, 1, 0, 1], [0.0] * 6),
    case("scores that are no numbers", [1, 0, 1, 0, 1], [0.9, None, 0.4, 0.0, None]),
    case("exactly 0.5", [1, 0, 1, 0], [0.5, 0.5, 0.75, 0.25]),
]
large = [computed_case("25,000 rows, half positive", 2), computed_case("25,000 rows, few positive", 997)]
lines = lambda list_: ",\n".join("    " + json.dumps(each) for each in list_)
(FOLDER / "test-evaluation.json").write_text(
    f'{{\n  "sklearn": "{sklearn.__version__}",\n  "cases": [\n{lines(cases)}\n  ],\n  "computed": [\n{lines(large)}\n  ]\n}}\n'
)
