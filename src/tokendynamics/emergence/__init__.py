"""Chapter 5, how heads find roles: small models trained, the sweeps over them, and the tables that ship."""
