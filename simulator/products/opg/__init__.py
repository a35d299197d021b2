"""On Premise Gateway: the state of the service that connects a customer's programs with the platform."""
