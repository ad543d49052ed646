"""Chapter 2, M as a memory: how much it holds, an index that is learned, and the countries that it is tried on."""
