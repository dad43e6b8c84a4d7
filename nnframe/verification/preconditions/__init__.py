"""What is seen of a pullback before any derivative is measured: whether it leaves things alone, and is linear."""
