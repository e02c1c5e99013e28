"""The run recorder: takes moments and keeps them in a run folder, losing nothing on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, get_args

import numpy as np
from filelock import FileLock, Timeout

from agent.moment import Mode, Moment
from agent.runs.metrics import InteractionMetrics
from agent.runs.run_dir import RunDir, stack
from housecat.core.atomic_write import explain_write_errors, write_arrays, write_bytes
from housecat.core.errors import UserError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

    from agent.mind import Mind
    from worlds.env import World

FLUSH = 250  # rows per file of moments
SCALARS = 20  # rows that one point in TensorBoard is the mean of


class Recorder:
    """Writes one run; a context manager.

    Rows wait in memory until `flush` (every 250, at every checkpoint and at the end); events are written as they
    come. What is written is never touched again, so an interrupted run is readable up to its last flush, and can
    be gone on with from its last checkpoint.

    Args:
        folder: Where to.
        rows: Rows to keep of what the folder holds; recording goes on behind them.

    Raises:
        UserError: If another process is recording into the folder, or the disk refuses.
    """

    def __init__(self, folder: RunDir, rows: int = 0) -> None:
        self.folder, self.path, self.rows = folder, folder.path, rows
        self._pending: list[dict[str, Any]] = []
        self._scalars: list[dict[str, float]] = []
        self._events: IO[str] | None = None
        self._board: SummaryWriter | None = None

    def __enter__(self) -> Recorder:
        from torch.utils.tensorboard import SummaryWriter

        with explain_write_errors(self.path):
            self._lock = FileLock(self.path / ".lock", timeout=0, thread_local=False)
            try:
                self._lock.acquire()
            except Timeout as error:
                raise UserError(f"another process is recording into {self.path}; wait for it or stop it") from error
            self.folder.cut(self.rows)
            self.play = InteractionMetrics.of(self.folder)
            self._events = (self.path / "events.jsonl").open("a", encoding="utf-8")
            self._board = SummaryWriter(str(self.path), purge_step=self.rows if self.rows else None)
        return self

    def add(self, moment: Moment) -> None:
        """Records one moment.

        Raises:
            UserError: If the disk is full; what was written before stays readable.
        """
        with explain_write_errors(self.path):
            assert self._events is not None, "a Recorder is used in a with statement"
            for event in moment.events:
                self._events.write(json.dumps({"row": self.rows, "step": moment.step, **event}) + "\n")
            if moment.events:
                self._events.flush()
            self._pending.append(row_of(moment))
            self._scalars.append(scalars_of(moment))
            self.play.add(moment)
            self.rows += 1
            if self.rows % SCALARS == 0:
                self._plot()
            if len(self._pending) >= FLUSH:
                self.flush()

    def flush(self) -> None:
        """Writes the rows that wait."""
        with explain_write_errors(self.path):
            if self._pending:
                first = self.rows - len(self._pending)
                write_arrays(self.path / "moments" / f"{first:09d}.npz", stack(self._pending))
                self._pending = []
            if self._board is not None:
                self._board.flush()

    def checkpoint(self, mind: Mind, world: World) -> Path:
        """Keeps mind and world as they are now, so that the life can go on from here; returns where.

        Earlier checkpoints make room.
        """
        self.flush()
        at = self.path / "checkpoints" / f"{self.rows:09d}"
        with explain_write_errors(self.path):
            temporary = at.with_name(f".{at.name}")
            for old in (temporary, at):
                shutil.rmtree(old, ignore_errors=True)
            temporary.mkdir()
            mind.save(temporary / "mind", memory=True)
            write_bytes(temporary / "world.bin", world.snapshot())
            temporary.rename(at)  # a folder of this name is complete
            for _, path in self.folder.checkpoints()[:-1]:
                shutil.rmtree(path)
        return at

    def _plot(self) -> None:
        assert self._board is not None
        for name in dict.fromkeys(name for row in self._scalars for name in row):
            values = np.array([row.get(name, np.nan) for row in self._scalars])
            if np.isfinite(values).any():
                self._board.add_scalar(name, float(np.nanmean(values)), self.rows)
        self._board.add_scalar("play/share", self.play.recent, self.rows)
        self._scalars = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.flush()
        except UserError:
            if error is None:  # or the first complaint about a full disk would be hidden behind the second
                raise
        finally:
            for open_file in (self._board, self._events):
                if open_file is not None:
                    with explain_write_errors(self.path):
                        open_file.close()
            self._lock.release()


def row_of(moment: Moment) -> dict[str, Any]:
    """Returns a moment as named arrays of fixed shape."""
    thought = moment.thought
    attention = np.full(len(moment.things), -1, np.int16)
    attention[: len(thought.attention)] = thought.attention[: len(attention)]
    row: dict[str, Any] = {
        "step": np.int64(moment.step),
        "time": np.float64(moment.time),
        "action": moment.action,
        "surprise": np.float32(moment.surprise),
        "mode": np.array(thought.mode),
        "horizon": np.int16(thought.horizon),
        "attention": attention,
        "plan": np.float32(thought.plans[0].cost if thought.plans else np.nan),
        "things": np.array(moment.things, dtype=np.str_),
        **{f"obs.{name}": value for name, value in moment.obs.items()},
    }
    for group in ("costs", "emotions", "losses", "seconds"):
        row.update({f"{group}.{name}": np.float32(value) for name, value in getattr(moment, group).items()})
    for group in ("weights", "anticipated"):
        row.update({f"{group}.{name}": np.float32(value) for name, value in getattr(thought, group).items()})
    return row


def scalars_of(moment: Moment) -> dict[str, float]:
    """Returns a moment's numbers for TensorBoard, under ``group/name``."""
    groups = {
        "cost": moment.costs,
        "emotion": moment.emotions,
        "loss": moment.losses,
        "weight": moment.thought.weights,
        "anticipated": moment.thought.anticipated,
        "seconds": moment.seconds,
        "mode": {mode: mode == moment.thought.mode for mode in get_args(Mode)},
    }
    flat = {f"{group}/{name}": float(value) for group, values in groups.items() for name, value in values.items()}
    return {"mind/surprise": moment.surprise, **flat}
