"""Chapter 6, two models of the world outside: MiniLM and SmolLM2, and the laws measured in their heads."""
