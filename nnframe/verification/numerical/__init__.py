"""Derivatives measured: elements moved along lines, outputs read off, and slopes extrapolated with error bars."""
