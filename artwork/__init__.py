"""The programs that painted the sample styles; they are not part of the package."""
