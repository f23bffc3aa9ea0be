"""What the percolator is made of: clauses in arrays of numbers, and articles as the numbers that they have."""
