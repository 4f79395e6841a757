"""What members are told of, where and when."""
