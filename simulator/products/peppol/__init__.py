"""The registers of the Peppol network as programs ask them: SML, SMP and Peppol Directory."""
