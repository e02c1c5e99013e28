"""Programs for maintainers: training the shipped minds, drawing the pictures of the documentation."""
