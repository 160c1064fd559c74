"""Searches the hyperparameters of a classifier of scikit-learn, with the service at CLAVIER_URL."""

from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

from clavier import Client

digits, labels = load_digits(return_X_y=True)
space = [{"type": "float", "name": name, "low": 1e-6, "high": 100, "scale": "log"} for name in ("C", "gamma")]
metrics = [{"name": "accuracy", "direction": "maximize"}]
study = Client().create_study(name="digits", search_space=space, metrics=metrics, budget={"trials": 30})
study.optimize(lambda trial: cross_val_score(SVC(**trial.parameters), digits, labels, cv=3).mean(), n_jobs=2)
print(study.best.value, study.best.parameters)
