"""Files and pictures, whatever they belong to."""
