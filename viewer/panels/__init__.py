"""The panels beside the room."""
