"""Goals given at run time, and objectives for play: contact and boredom."""
