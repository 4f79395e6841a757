"""What PostgreSQL is asked for beyond models."""
