"""What is made of a life: clips and summaries."""
