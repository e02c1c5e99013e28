"""What every test needs: no display, no sound, one thread, and nothing written into the checkout."""

from __future__ import annotations

import os

os.environ.update(SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy", MPLBACKEND="Agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")
for name in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(name, None)
