"""What we do about a feeling: the frustration clock, the care policy and its checks."""
