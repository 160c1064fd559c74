from __future__ import annotations

import re

from .support import ServiceTest
from .test_processes import PACKAGE, start


class Readme(ServiceTest):
    def test_its_first_example_runs_as_printed(self) -> None:
        readme = (PACKAGE / "README.md").read_text("utf-8")
        example = re.search(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
        assert example is not None
        process = start(example[1], self.service.url)
        self.assertEqual(process.communicate(timeout=60), ("completed 2 0.1 {'x': 2.0}\n", ""))
