"""The public names of the package are looked up late, and are what they say."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("code", ["from viewer import watch", "import viewer; viewer.watch; watch = viewer.watch"])
def test_the_function_watch_is_no_module(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; assert callable(watch), watch"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
