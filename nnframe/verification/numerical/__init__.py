"""Derivatives measured: structure found, elements moved together, and lines read off the outputs, with error bars."""
