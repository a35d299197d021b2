"""Control of sandboxes from outside: the control API, its description, and the lobby. The platform itself never calls it."""
