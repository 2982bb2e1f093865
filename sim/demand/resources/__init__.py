"""One file a family of needs; each defines ``RESOURCE`` and is found by itself."""
