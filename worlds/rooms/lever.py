"""A lever that, pushed, opens the feeder for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from worlds import building
from worlds.parts import Joint, Motor
from worlds.rooms.fixture import Fixture
from worlds.scene import Shape
from worlds.things import Thing

if TYPE_CHECKING:
    from worlds.rooms.room import Room

POST = Shape("lever post", "box", (0.06, 0.06, 0.09), (0.36, 0.36, 0.40), 0)
HANDLE = Shape("lever", "box", (0.16, 0.03, 0.05), (0.95, 0.55, 0.75), 0, (0.22, 0.0, 0.0))
REACH = 1.0  # rad to either side
THROW = 0.5  # rad from which it counts as pushed
OPEN_FOR = 5.0  # seconds
DULL = (0.30, 0.32, 0.34)  # the feeder's colour while it is closed
SPRING = Motor(0, 0.12, position=0.0, max_velocity=2.0)


class Lever(Fixture):
    """A handle on a hinge that a weak spring turns back; pushed aside it opens the feeder for some seconds."""

    memory = ("left",)

    def __init__(self, room: Room, feeder: Thing) -> None:
        super().__init__(room)
        self.feeder = feeder
        self.left = 0.0  # seconds for which the feeder stays open
        joint = Joint("lever", HANDLE, 0.15, 0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (-REACH, REACH))
        self.body = room.hinge(POST, (joint,))
        room.watch(Thing(room.physics, HANDLE, self.body, link=0, mass=0.15))
        room.physics.drive(self.body, (SPRING,))
        building.paint(room.physics, self.body, HANDLE, 0)
        self.post = room.piece(POST, ghost=True)
        x, y, _ = feeder.shape.size
        self.lid = room.piece(Shape("feeder lid", "box", (x + 0.01, y + 0.01, 0.02), DULL, 0), ghost=True)

    def lay_out(self) -> None:
        """Puts it before a wall, its handle pointing into the room."""
        rng, (width, depth) = self.room.np_random, self.room.size
        side = float(rng.choice((-1.0, 1.0)))
        x, y = side * (width / 2 - POST.size[0]), float(rng.uniform(-depth / 2 + 0.9, depth / 2 - 0.9))
        self.room.take(x, y, 0.5)
        turn = (0.0, 0.0, 1.0, 0.0) if side > 0 else (0.0, 0.0, 0.0, 1.0)
        self.room.physics.place(self.body, (x, y, POST.size[2]), turn)
        self.post.place(x, y, POST.size[2], turn)
        self.left = 0.0
        self._show()

    def happen(self) -> None:
        """Opens the feeder while the lever is pushed aside, and for a while after."""
        was_open = self.left > 0.0
        angle = self.room.physics.joints(self.body, (0,))[0][0]
        self.left = OPEN_FOR if abs(angle) > THROW else max(0.0, self.left - self.room.happens_every)
        if was_open != (self.left > 0.0):
            self._show()

    def _show(self) -> None:
        """Lets the feeder look open or closed."""
        opened = self.left > 0.0
        self.feeder.color = self.feeder.shape.color if opened else DULL
        if opened:
            self.lid.hide()
        else:
            (x, y, z), turn = self.feeder.pose()
            self.lid.place(x, y, z + self.feeder.shape.size[2], turn)

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Puts back what `state` returned; how the feeder looks is kept by feeder and lid."""
        super().set_state(state)
        self.room.physics.drive(self.body, (SPRING,))

    def truth(self) -> Mapping[str, Any]:
        """Returns the lever's angle (rad) and whether the feeder is open."""
        angle = self.room.physics.joints(self.body, (0,))[0][0]
        return {"lever.angle": angle, "feeder.open": self.left > 0.0}
