"""The engine behind the manuals: the model of a manual, the walker and the camera."""
