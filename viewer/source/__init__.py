"""Where the moments that the window shows come from."""
