"""Services: applications that the simulator does not have, each with a page that says so."""
