"""Who exists and who may do what: people, customers, companies, roles, grants, credentials and sign-in sessions."""
