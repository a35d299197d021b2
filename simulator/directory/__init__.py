"""The platform's own directory: people, customers, companies, roles, grants, credentials and sign-in sessions.

Not the Peppol Directory, which is in ``documents.peppol``.
"""
