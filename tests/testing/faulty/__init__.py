"""Parts with one mistake each, such as authors really make; the lists pair them with the check that names it."""
