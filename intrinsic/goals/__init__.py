"""Goals and play: what should be so, what is fun, and what has become dull."""
