"""Small layers of a user's own, one for each thing that the contract promises to carry."""
