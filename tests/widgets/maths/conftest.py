import pytest
from node import Node


@pytest.fixture(scope="session")
def node():
    """One node process for all parity tests."""
    process = Node()
    yield process
    process.close()
