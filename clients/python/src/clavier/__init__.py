"""Client of Clavier, a hyperparameter-tuning service.

Begin with `Client`: `Client().create_study(…).optimize(objective)`.
"""

from ._asking import Asked
from ._client import Client
from ._errors import ClavierError, NoTrial, ProblemError, ServiceUnavailable, StaleTokenError, TrialStopped
from ._records import AddedTrial, Continued, Front, Resume, TrialRecord, ValuesUntil, Waiting
from ._study import Study
from ._trial import Trial
from ._version import version as __version__

__all__ = [
    "AddedTrial",
    "Asked",
    "ClavierError",
    "Client",
    "Continued",
    "Front",
    "NoTrial",
    "ProblemError",
    "Resume",
    "ServiceUnavailable",
    "StaleTokenError",
    "Study",
    "Trial",
    "TrialRecord",
    "TrialStopped",
    "ValuesUntil",
    "Waiting",
    "__version__",
]
