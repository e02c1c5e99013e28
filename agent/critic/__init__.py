"""The critic: expected future cost per drive, and the emotions that are read off it."""
