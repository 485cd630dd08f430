"""What several tests need and no fixture can give: functions, classes and files for tests."""
