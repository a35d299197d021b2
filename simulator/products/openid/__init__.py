"""The OpenID provider: applications sign in with Connect, and a page for their developers."""
