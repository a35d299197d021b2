"""Classes: trainees who do exercises, each in a sandbox of their own, and the trainer who sees how far they are."""
