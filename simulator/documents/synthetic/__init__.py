"""Documents that a scenario records as consumption, and parties outside the platform."""
