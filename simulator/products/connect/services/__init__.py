"""Commands of signing in, one module per subject: the steps, the first factor, the second factor, recovery."""
