"""Nothing that the window hands to C code is written past its end, or after it was freed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LATE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
/* A busy machine may take the processor from a rasteriser thread just here, with its count already raised. */
int pthread_cond_broadcast(pthread_cond_t *condition) {
    static int (*original)(pthread_cond_t *);
    char name[17] = {0};
    if (!original) original = dlvsym(RTLD_NEXT, "pthread_cond_broadcast", "GLIBC_2.3.2");
    prctl(PR_GET_NAME, name, 0, 0, 0);
    if (strstr(name, "llvmpipe")) nanosleep(&(struct timespec){0, 500000}, 0);
    return original(condition);
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("late", [False, True])
def test_a_checking_allocator_finds_nothing_while_the_window_is_used(late, tmp_path):
    libraries = ["libc_malloc_debug.so.0"]
    if late:
        compiler = shutil.which("cc") or pytest.skip("no C compiler here to slow a thread down with")
        source, library = tmp_path / "late.c", tmp_path / "late.so"
        source.write_text(LATE)
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        libraries = [str(library)]
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.viewer.scripted_window", "4"],
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": ":".join(libraries), "MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165"},
        capture_output=True,
        text=True,
        timeout=240,  # a corrupted heap may hang as well as abort
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "cannot be preloaded" not in done.stderr
    assert int(done.stdout.split()[-1]) > 800
