"""Steps from measurements to report."""
