"""Who receives where: participants, access points, operators, and the look-up of receivers."""
