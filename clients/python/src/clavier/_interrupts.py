"""SIGTERM as an exception."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Optional


@contextmanager
def sigterm_raises() -> Iterator[None]:
    """Lets SIGTERM raise `SystemExit(143)` inside the block, so that trials are released before the process ends.

    A handler that the program has set itself stays. Only the main thread can set one; elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    owner = os.getpid()

    def handle(number: int, frame: Optional[FrameType]) -> None:
        if os.getpid() == owner:
            raise SystemExit(128 + number)
        signal.signal(number, signal.SIG_DFL)  # a forked child, such as a data loader, ends as it would without us
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        if os.getpid() == owner:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
