"""A fictional association and the whole way, shown once."""
