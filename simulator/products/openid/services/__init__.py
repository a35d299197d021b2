"""Commands of the OpenID provider, one module per subject: applications, keys, claims, grants, authorization, logout."""
