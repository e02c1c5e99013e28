"""The configurator: attention, drive weights and horizon for the situation at hand."""
