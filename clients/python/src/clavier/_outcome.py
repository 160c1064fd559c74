"""The end of an evaluation: its result, or the exception that ended it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import ClavierError, ProblemError, ServiceUnavailable, StaleTokenError, TrialStopped
from ._requests import log
from ._values import Result

if TYPE_CHECKING:
    from ._trial import Trial

RELEASE_SECONDS = 5.0
"""Time for retries of a release while the process stops. Without it the service gives the trial out after its lease."""


def finish(trial: Trial, result: Result) -> None:
    """Tells a result. A result that the service no longer wants is dropped with a warning.

    Raises:
        ProblemError, TypeError: if the result cannot be used, such as one without the study's metric. The trial fails.
    """
    try:
        trial.complete(result)
    except (ProblemError, TypeError) as error:
        if isinstance(error, ProblemError) and error.status in (404, 409):
            trial._drop()
            log.warning("the result of trial %d was not taken: %s", trial.number, error)
            return
        abandon(trial, error)
        raise


def abandon(trial: Trial, error: BaseException) -> None:
    """Tells the service that an exception ended the evaluation, if it still wants to know.

    An exception fails the attempt, an interrupt releases the trial. A stop that the service asked for needs no words; one that it
    did not ask for fails the trial at once. The exception is more important than a failure to tell it, which is only logged.
    """
    try:
        if not trial.is_held or _is_expected(trial, error):
            return
        if isinstance(error, TrialStopped):
            trial.fail(str(error) or "The objective stopped the trial.", retry=False)
        elif isinstance(error, Exception):
            trial.fail(error)
        else:
            trial.release(RELEASE_SECONDS)
    except ClavierError as failure:
        log.warning("the end of trial %d could not be told: %s", trial.number, failure)
    finally:
        trial._drop()


def _is_expected(trial: Trial, error: BaseException) -> bool:
    """Tells if there is nothing to say: the service asked for the stop, or it has been away for minutes."""
    if isinstance(error, (TrialStopped, StaleTokenError)):
        return trial.should_stop()
    return isinstance(error, ServiceUnavailable)
