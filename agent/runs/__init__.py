"""What is kept of a life: recorder, run folder, metrics, verification and export."""
