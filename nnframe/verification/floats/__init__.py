"""What all parts count with: round-off, scales, random numbers, large arrays in little memory, and the tolerances."""
