"""Home: the overview of applications, the bell, help."""
