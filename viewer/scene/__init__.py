"""The room: what is drawn of it, the camera, and the mouse in it."""
