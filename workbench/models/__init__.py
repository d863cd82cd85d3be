"""The networks, an architecture a file, and the bundled weights for them (`zoo`)."""
