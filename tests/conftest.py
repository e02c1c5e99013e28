"""What every test needs: no display, no sound, one thread, and nothing written into the checkout."""

from __future__ import annotations

import os
import signal

os.environ.update(SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy", MPLBACKEND="Agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")
for name in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(name, None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job; what tests start must end at Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
