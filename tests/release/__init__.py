"""What is shipped, tried as it is shipped: make test-release."""
