"""Numbers to verify with: signs and sizes drawn at random, scales, and very large arrays in little memory."""
