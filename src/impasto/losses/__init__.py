"""What is compared: each loss turns one feature map into one number."""
